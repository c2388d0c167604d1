import type { ExpressionSpecification, LayerSpecification } from "maplibre-gl";
import type { Palette } from "./palette";
import { TEXT_FONT } from "./style";

/** Layers of cells: what each stands for, and the layer of tiles it is drawn from. */
export const CELLS = {
  "water-cells": "links",
  "electricity-cells": "links",
  "points-cells": "connection-points",
  "zones-cells": "zones",
} as const;

export type CellLayer = keyof typeof CELLS;

const CELL: ExpressionSpecification = ["==", ["get", "kind"], "cell"];
/** Connection points drawn at one place: a building. */
export const SHARED: ExpressionSpecification = ["==", ["get", "kind"], "connection_points"];

const [FIRST_ZOOM, LAST_ZOOM] = [5, 16];

/** Elements in a cell of a dense town centre, at the zoom where its cells are smallest; four times as many a zoom above. */
const [DENSE, FINEST_ZOOM] = [24, 14];

/** How much of its cell a disc fills, at every zoom: a dense town centre all of it; the area tells the number. */
function share(zoom: number): ExpressionSpecification {
  const dense = DENSE * 4 ** Math.max(0, FINEST_ZOOM - zoom);
  return ["interpolate", ["linear"], ["sqrt", ["get", "count"]], 0, 0.15, Math.sqrt(dense), 1];
}

/** A tile of 512 pixels has 64 cells a side, of z 15 only 32; it grows to twice that until the next zoom's tiles come. */
function radius(part: number): ExpressionSpecification {
  const stops: (number | ExpressionSpecification)[] = [];
  for (let zoom = FIRST_ZOOM; zoom <= LAST_ZOOM; zoom += 1) {
    const half = zoom === FINEST_ZOOM + 1 ? 8 : 4;
    stops.push(zoom, ["*", half * part, share(zoom)], zoom + 0.999, ["*", 2 * half * part, share(zoom)]);
  }
  return ["interpolate", ["linear"], ["zoom"], ...stops] as unknown as ExpressionSpecification;
}

/** Discs of the networks' cells: they lie under what is drawn one by one. */
export function networkCells(colours: Palette): LayerSpecification[] {
  return (["water", "electricity"] as const).map((utility) => ({
    id: `${utility}-cells`,
    type: "circle",
    source: "links",
    "source-layer": "links",
    filter: ["all", CELL, ["==", ["get", "utility"], utility]],
    paint: {
      "circle-radius": radius(0.8),
      "circle-color": colours[utility],
      "circle-opacity": colours.dark ? 0.5 : 0.4,
    },
  }));
}

/** Rings of the connection points' cells and of small zones, and how many points share a building. */
export function pointCells(colours: Palette): LayerSpecification[] {
  const ofUtility: ExpressionSpecification = [
    "match",
    ["get", "utility"],
    "water",
    colours.water,
    "electricity",
    colours.electricity,
    colours.ink3,
  ];
  const points = { source: "connection-points", "source-layer": "connection-points" } as const;
  return [
    {
      id: "points-cells",
      type: "circle",
      ...points,
      filter: CELL,
      paint: {
        "circle-radius": radius(0.95),
        "circle-opacity": 0,
        "circle-stroke-width": 1,
        "circle-stroke-opacity": 0.7,
        "circle-stroke-color": ofUtility,
      },
    },
    {
      id: "points-shared",
      type: "symbol",
      ...points,
      minzoom: 16,
      filter: SHARED,
      layout: {
        "text-field": ["to-string", ["get", "count"]],
        "text-font": TEXT_FONT,
        "text-size": ["interpolate", ["linear"], ["zoom"], 16, 8, 18, 11],
        "text-allow-overlap": true,
      },
      paint: { "text-color": colours.ink },
    },
    {
      id: "zones-cells",
      type: "circle",
      source: "zones",
      "source-layer": "zones",
      filter: CELL,
      paint: {
        "circle-radius": 6,
        "circle-opacity": 0,
        "circle-stroke-width": 0.75,
        "circle-stroke-opacity": 0.35,
        "circle-stroke-color": colours.ink3,
      },
    },
  ];
}
