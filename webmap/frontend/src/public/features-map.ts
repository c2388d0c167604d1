import * as maplibregl from "maplibre-gl";
import { loadTexts } from "../i18n";
import { createMap } from "../map/create";
import { palette } from "../map/palette";

const SOURCE = "features";

/** Draw features, areas under lines under points, and look at all of them. */
export async function openFeatures(frame: HTMLElement, features: GeoJSON.GeoJSON): Promise<void> {
  await loadTexts();
  const bounds = boundsOf(features);
  const map = await createMap({
    container: frame,
    centre: bounds.getCenter().toArray(),
    zoom: 12,
    attribution: frame.dataset["attribution"] ?? "",
    basemap: frame.dataset["basemap"] ?? "",
    draw: (made) => draw(made, features),
  });
  map.fitBounds(bounds, { padding: 40, maxZoom: 17, animate: false });
}

function draw(map: maplibregl.Map, features: GeoJSON.GeoJSON): void {
  const colours = palette();
  const colour: maplibregl.ExpressionSpecification = [
    "match",
    ["get", "utility"],
    "water",
    colours.water,
    "electricity",
    colours.electricity,
    "sewerage",
    colours.sewerage,
    colours.brand,
  ];
  map.addSource(SOURCE, { type: "geojson", data: features });
  map.addLayer({
    id: "features-areas",
    type: "fill",
    source: SOURCE,
    filter: ["in", ["geometry-type"], ["literal", ["Polygon", "MultiPolygon"]]],
    paint: { "fill-color": colour, "fill-opacity": 0.12 },
  });
  map.addLayer({
    id: "features-lines",
    type: "line",
    source: SOURCE,
    filter: ["!", ["in", ["geometry-type"], ["literal", ["Point", "MultiPoint"]]]],
    paint: { "line-color": colour, "line-width": 2 },
  });
  map.addLayer({
    id: "features-points",
    type: "circle",
    source: SOURCE,
    filter: ["==", ["geometry-type"], "Point"],
    paint: {
      "circle-color": colour,
      "circle-radius": 4.5,
      "circle-stroke-color": colours.surface,
      "circle-stroke-width": 1.5,
    },
  });
}

function boundsOf(found: GeoJSON.GeoJSON): maplibregl.LngLatBounds {
  const bounds = new maplibregl.LngLatBounds();
  const visit = (part: unknown): void => {
    if (!Array.isArray(part)) return;
    if (typeof part[0] === "number") bounds.extend(part as [number, number]);
    else for (const inner of part) visit(inner);
  };
  const features = found.type === "FeatureCollection" ? found.features : [found];
  for (const one of features) {
    if (one.type === "Feature" && one.geometry && "coordinates" in one.geometry) {
      visit(one.geometry.coordinates);
    }
  }
  return bounds;
}
