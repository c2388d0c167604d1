import type { GeoJSONSource, Map as MapView } from "maplibre-gl";
import { get } from "../api/client";
import { language } from "../i18n";
import { createMap } from "../map/create";
import { addNetworks } from "../map/network";
import { palette } from "../map/palette";
import { TEXT_FONT } from "../map/style";

const NOTHING: GeoJSON.FeatureCollection = { type: "FeatureCollection", features: [] };
const QUIET_MS = 250;
const CLOSE_UP = 18;

/** Show findings on the map beside their list, and let each lead to the other. */
export async function startQuality(): Promise<void> {
  const root = document.querySelector<HTMLElement>("#quality-map");
  if (!root) return;
  const box = (root.dataset["extent"] ?? "").split(",").map(Number);
  const [west = 0, south = 0, east = 0, north = 0] = box.length === 4 ? box : [-2.36, 34.9, -2.29, 34.95];
  let places = NOTHING;
  const map = await createMap({
    container: root,
    centre: [(west + east) / 2, (south + north) / 2],
    zoom: 13,
    attribution: root.dataset["attribution"] ?? "",
    basemap: root.dataset["basemap"] ?? "",
    draw: (drawn) => {
      addNetworks(drawn, palette(), language);
      addFindings(drawn, places);
    },
  });
  const load = async () => {
    places = await get<GeoJSON.FeatureCollection>(within(root.dataset["places"] ?? "", map));
    (map.getSource("findings") as GeoJSONSource | undefined)?.setData(places);
  };
  let timer = 0;
  map.on("moveend", () => {
    window.clearTimeout(timer);
    timer = window.setTimeout(() => void load().catch(() => undefined), QUIET_MS);
  });
  map.on("moveend", () => {
    root.dataset["view"] = [map.getZoom().toFixed(1), ...map.getCenter().toArray().map(at5)].join(" ");
  });
  map.fitBounds([west, south, east, north], { padding: 48, maxZoom: 17, duration: 0 });
  followRows(root, map);
  followPlaces(map, root.dataset["page"] ?? "");
}

const at5 = (degrees: number) => degrees.toFixed(5);

/** "Show" looks at the place on this page's map. */
function followRows(root: HTMLElement, map: MapView): void {
  document.addEventListener("click", (event) => {
    const link = (event.target as Element).closest<HTMLElement>("a[data-place]");
    if (!link) return;
    event.preventDefault();
    const [lon = 0, lat = 0] = (link.dataset["place"] ?? "").split(",").map(Number);
    root.scrollIntoView({ block: "nearest" });
    map.easeTo({ center: [lon, lat], zoom: Math.max(CLOSE_UP, map.getZoom()), duration: 140 });
    point(link.closest(".finding"));
  });
}

/** A place leads to its row, on this page or alone; a cell opens up. */
function followPlaces(map: MapView, page: string): void {
  for (const layer of ["findings", "finding-cells"]) {
    map.on("mouseenter", layer, () => {
      map.getCanvas().style.cursor = "pointer";
    });
    map.on("mouseleave", layer, () => {
      map.getCanvas().style.cursor = "";
    });
  }
  map.on("click", "finding-cells", (event) => {
    map.easeTo({ center: event.lngLat, zoom: map.getZoom() + 2, duration: 140 });
  });
  map.on("click", "findings", (event) => {
    const id = event.features?.[0]?.id;
    const row = document.querySelector(`#finding-${id}`);
    if (row) {
      row.scrollIntoView({ block: "center" });
      point(row);
    } else if (id !== undefined) {
      location.assign(`${page}?finding=${id}`);
    }
  });
}

function point(row: Element | null): void {
  for (const other of document.querySelectorAll(".finding[data-pointed]")) {
    other.removeAttribute("data-pointed");
  }
  row?.setAttribute("data-pointed", "");
}

/** Ask for what lies in view. */
function within(path: string, map: MapView): string {
  const url = new URL(path, location.origin);
  const view = map.getBounds();
  const sides = [view.getWest(), view.getSouth(), view.getEast(), view.getNorth()];
  url.searchParams.set("bbox", sides.map((side) => side.toFixed(6)).join(","));
  return url.pathname + url.search;
}

function addFindings(map: MapView, places: GeoJSON.FeatureCollection): void {
  const colours = palette();
  map.addSource("findings", { type: "geojson", data: places });
  map.addLayer({
    id: "finding-cells",
    type: "circle",
    source: "findings",
    filter: [">", ["get", "count"], 1],
    paint: {
      "circle-radius": ["interpolate", ["linear"], ["ln", ["get", "count"]], 0, 8, 8, 24],
      "circle-color": colours.high,
      "circle-opacity": 0.75,
      "circle-stroke-color": colours.surface,
      "circle-stroke-width": 1.5,
    },
  });
  map.addLayer({
    id: "finding-counts",
    type: "symbol",
    source: "findings",
    filter: [">", ["get", "count"], 1],
    layout: { "text-field": ["to-string", ["get", "count"]], "text-font": TEXT_FONT, "text-size": 12 },
    paint: { "text-color": colours.ink, "text-halo-color": colours.surface, "text-halo-width": 1.5 },
  });
  map.addLayer({
    id: "findings",
    type: "circle",
    source: "findings",
    filter: ["==", ["get", "count"], 1],
    paint: {
      "circle-radius": ["interpolate", ["linear"], ["zoom"], 12, 5, 17, 8],
      "circle-color": ["match", ["get", "state"], "open", colours.high, colours.ink3],
      "circle-stroke-color": colours.surface,
      "circle-stroke-width": 2,
    },
  });
}
