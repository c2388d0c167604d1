import type { StyleSpecification } from "maplibre-gl";
import type { Palette } from "./palette";

/** No `glyphs` in the style: labels are drawn with the page's own fonts, Arabic shaped by the browser. */
export const FONTS = ["IBM Plex Sans", "IBM Plex Sans Arabic"];
export const TEXT_FONT = ["IBM Plex Sans", "IBM Plex Sans Arabic", "sans-serif"];

/** A warm ground and a faint half-kilometre grid: a map sheet rather than a missing background. */
export function groundStyle(colours: Palette): StyleSpecification {
  return {
    version: 8,
    sources: { grid: { type: "geojson", data: grid() } },
    layers: [
      { id: "ground", type: "background", paint: { "background-color": colours.ground } },
      {
        id: "grid",
        type: "line",
        source: "grid",
        minzoom: 11,
        paint: { "line-color": colours.grid, "line-width": 1 },
      },
    ],
  };
}

const STEP = { lon: 1 / 183, lat: 1 / 222 };

/** Lines about 500 m apart around the region served; far enough for any view at the zooms that show them. */
function grid(): GeoJSON.FeatureCollection {
  const [west, south, east, north] = [-2.75, 34.6, -1.9, 35.25];
  const lines: GeoJSON.Position[][] = [];
  for (let lon = west; lon <= east; lon += STEP.lon) {
    lines.push([
      [lon, south],
      [lon, north],
    ]);
  }
  for (let lat = south; lat <= north; lat += STEP.lat) {
    lines.push([
      [west, lat],
      [east, lat],
    ]);
  }
  return {
    type: "FeatureCollection",
    features: [
      { type: "Feature", properties: {}, geometry: { type: "MultiLineString", coordinates: lines } },
    ],
  };
}
