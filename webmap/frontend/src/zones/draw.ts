import type { Feature, FeatureCollection, LineString, MultiPolygon, Position } from "geojson";
import type { Map as MapView } from "maplibre-gl";
import { TerraDraw, TerraDrawLineStringMode, TerraDrawPolygonMode, TerraDrawSelectMode } from "terra-draw";
import { TerraDrawMapLibreGLAdapter } from "terra-draw-maplibre-gl-adapter";
import { t } from "../i18n";
import { palette } from "../map/palette";
import { setText } from "../ui/h";
import { isPolygon, joined, partsOf } from "./rings";

const PRECISION = 7;
const MOST_CORNERS = 3000;

/** Draw a polygon, edit the zone's own outline, or draw a line across it; the form's field follows. */
export function startDrawing(
  map: MapView,
  mode: string,
  outlines: FeatureCollection,
  field: HTMLTextAreaElement,
): void {
  const zone = outlines.features.find((one) => one.properties?.["role"] === "zone");
  const parts = mode === "edit" && zone ? partsOf(zone.geometry as MultiPolygon) : [];
  const holes = parts.flatMap((one) => one.holes);
  const tools = document.querySelector<HTMLElement>("[data-draw-tools]");
  const state = tools?.querySelector("[data-draw-state]");
  const say = (text: string) => state && setText(state, text);
  if (tools) tools.hidden = false;
  if (parts.reduce((sum, one) => sum + one.outer.length, 0) > MOST_CORNERS) {
    say(t("zones.too_fine"));
    return;
  }
  const draw = makeDraw(map);
  const begin = () => {
    draw.clear();
    draw.addFeatures(parts.map((one) => editable(one.outer)));
    draw.setMode(mode === "line" ? "linestring" : mode === "edit" ? "select" : "polygon");
    const [first] = draw.getSnapshot();
    if (mode === "edit" && first?.id !== undefined) draw.selectFeature(first.id);
  };
  const write = () => {
    const drawn = draw.getSnapshot() as Feature[];
    const lines = drawn.filter((one): one is Feature<LineString> => one.geometry.type === "LineString");
    const polygons = drawn.filter(isPolygon).map((one) => one.geometry);
    const line = lines[0]?.geometry;
    if (mode === "line") field.value = line ? JSON.stringify(line) : "";
    else field.value = polygons.length ? JSON.stringify(joined(polygons, holes)) : "";
    say(field.value ? t("zones.drawn") : t("zones.not_drawn"));
  };
  draw.start();
  begin();
  draw.on("finish", () => {
    write();
    // One line, or one outline, is enough: corners can be moved from here on.
    if (mode !== "edit" && field.value) draw.setMode("select");
  });
  tools?.querySelector("[data-draw-undo]")?.addEventListener("click", () => {
    begin();
    write();
  });
  map.getContainer().dataset["drawing"] = mode;
}

function makeDraw(map: MapView): TerraDraw {
  const { brand, surface } = palette();
  const corners = {
    feature: { draggable: true, coordinates: { midpoints: true, draggable: true, deletable: true } },
  };
  const paint = { fillColor: hex(brand), fillOpacity: 0.15, outlineColor: hex(brand), outlineWidth: 3 };
  const points = {
    selectionPointColor: hex(surface),
    selectionPointOutlineColor: hex(brand),
    selectionPointWidth: 5,
  };
  return new TerraDraw({
    adapter: new TerraDrawMapLibreGLAdapter({ map, coordinatePrecision: PRECISION }),
    modes: [
      new TerraDrawPolygonMode({ styles: paint }),
      new TerraDrawLineStringMode({ styles: { lineStringColor: hex(brand), lineStringWidth: 3 } }),
      new TerraDrawSelectMode({
        flags: { polygon: corners, linestring: corners },
        styles: {
          ...points,
          selectedPolygonColor: hex(brand),
          selectedPolygonFillOpacity: 0.15,
          selectedPolygonOutlineColor: hex(brand),
          selectedPolygonOutlineWidth: 3,
          selectedLineStringColor: hex(brand),
          midPointColor: hex(brand),
          midPointWidth: 3,
          midPointOutlineWidth: 1,
        },
      }),
    ],
  });
}

function editable(ring: Position[]): never {
  const round = (at: Position) => at.map((value) => Number(value.toFixed(PRECISION)));
  return {
    type: "Feature",
    properties: { mode: "polygon" },
    geometry: { type: "Polygon", coordinates: [ring.map(round)] },
  } as never;
}

/** Terra Draw wants six digits; the theme's tokens may be in any notation. */
function hex(colour: string): `#${string}` {
  const pixel = document.createElement("canvas").getContext("2d", { willReadFrequently: true });
  if (!pixel) return "#0a6b5e";
  pixel.fillStyle = colour;
  pixel.fillRect(0, 0, 1, 1);
  const [red = 0, green = 0, blue = 0] = pixel.getImageData(0, 0, 1, 1).data;
  return `#${[red, green, blue].map((value) => value.toString(16).padStart(2, "0")).join("")}`;
}
