import type { ExpressionSpecification, LayerSpecification, Map as MapView } from "maplibre-gl";
import { networkCells, pointCells, SHARED } from "./cells";
import type { Palette } from "./palette";
import { TEXT_FONT } from "./style";

/** What can be shown and hidden; the names stand in the address of the view. */
export const LAYER_GROUPS = {
  water: ["water-cells", "water-casing", "water-lines", "water-devices", "water-nodes"],
  electricity: ["electricity-cells", "electricity-lines", "electricity-devices", "electricity-nodes"],
  points: ["points", "points-cells", "points-shared"],
  zones: ["zones-fill", "zones-line", "zones-fine", "zones-label", "zones-cells"],
  sensors: ["sensors", "sensor-values"],
  alarms: ["alarms", "incidents"],
  devices: ["devices"],
} as const;

export type LayerGroup = keyof typeof LAYER_GROUPS;

/** What is hidden until someone asks for it. */
export const ON_DEMAND: LayerGroup[] = ["devices"];

/** Layers that a click asks, in the order of who wins. */
export const ASKED = [
  "incidents",
  "alarms",
  "devices",
  "sensors",
  "water-devices",
  "electricity-devices",
  "water-nodes",
  "electricity-nodes",
  "points",
  "water-lines",
  "electricity-lines",
  "points-cells",
  "water-cells",
  "electricity-cells",
  "zones-fill",
];

const LINES: ExpressionSpecification = ["in", ["get", "kind"], ["literal", ["pipe", "line"]]];
const ofUtility = (utility: string): ExpressionSpecification => ["==", ["get", "utility"], utility];

const DEVICE_ICON: ExpressionSpecification = [
  "case",
  ["==", ["get", "kind"], "valve"],
  ["case", ["==", ["get", "state"], "closed"], "asset-valve-closed", "asset-valve"],
  ["==", ["get", "kind"], "switch"],
  ["case", ["==", ["get", "state"], "open"], "asset-switch-open", "asset-switch-closed"],
  ["in", ["get", "kind"], ["literal", ["control_valve", "control-valve"]]],
  "asset-prv",
  ["concat", "asset-", ["get", "kind"]],
];

/** Add the networks, connection points and zones as vector tiles. */
export function addNetworks(map: MapView, colours: Palette, language: string): void {
  for (const layer of ["zones", "links", "nodes", "connection-points"]) {
    map.addSource(layer, {
      type: "vector",
      tiles: [`${location.origin}/tiles/${layer}/{z}/{x}/{y}.mvt`],
      minzoom: 8,
      maxzoom: 17,
    });
  }
  for (const layer of layers(colours, language)) map.addLayer(layer);
}

function layers(colours: Palette, language: string): LayerSpecification[] {
  const [label, ...areas] = zoneLayers(colours, language).reverse();
  return [
    ...areas.reverse(),
    ...networkCells(colours),
    ...lineLayers(colours),
    ...pointLayers(colours),
    ...pointCells(colours),
    ...(label ? [label] : []),
  ];
}

function zoneLayers(colours: Palette, language: string): LayerSpecification[] {
  const zones = { source: "zones", "source-layer": "zones" } as const;
  const commune: ExpressionSpecification = ["==", ["get", "kind"], "commune"];
  return [
    {
      id: "zones-fill",
      type: "fill",
      ...zones,
      filter: ["!=", ["get", "kind"], "transformer"],
      paint: {
        "fill-color": colours.ink,
        "fill-opacity": ["case", commune, 0, ["boolean", ["feature-state", "selected"], false], 0.09, 0.025],
      },
    },
    {
      id: "zones-fine",
      type: "line",
      ...zones,
      minzoom: 15.5,
      filter: ["==", ["get", "kind"], "transformer"],
      paint: { "line-color": colours.electricity, "line-opacity": 0.3, "line-dasharray": [2, 3] },
    },
    {
      id: "zones-line",
      type: "line",
      ...zones,
      filter: ["!=", ["get", "kind"], "transformer"],
      layout: { "line-join": "round" },
      paint: {
        "line-color": colours.ink3,
        "line-width": ["case", commune, 1.5, ["boolean", ["feature-state", "selected"], false], 2, 1],
        "line-dasharray": [4, 3],
        "line-opacity": 0.7,
      },
    },
    {
      id: "zones-label",
      type: "symbol",
      ...zones,
      minzoom: 11.5,
      maxzoom: 16.5,
      filter: ["in", ["get", "kind"], ["literal", ["dma", "district"]]],
      layout: {
        "text-field": ["coalesce", ["get", language === "ar" ? "name_ar" : "name_fr"], ["get", "code"]],
        "text-font": TEXT_FONT,
        "text-size": 12,
        "text-padding": 12,
        "text-letter-spacing": language === "ar" ? 0 : 0.04,
      },
      paint: { "text-color": colours.ink2, "text-halo-color": colours.ground, "text-halo-width": 2 },
    },
  ];
}

function lineLayers(colours: Palette): LayerSpecification[] {
  const links = { source: "links", "source-layer": "links" } as const;
  return [
    {
      id: "water-casing",
      type: "line",
      ...links,
      minzoom: 14,
      filter: ["all", ofUtility("water"), LINES],
      layout: { "line-cap": "round", "line-join": "round" },
      paint: {
        "line-color": colours.ground,
        "line-width": ["interpolate", ["linear"], ["zoom"], 14, 4, 18, 9],
      },
    },
    {
      id: "water-lines",
      type: "line",
      ...links,
      filter: ["all", ofUtility("water"), LINES],
      layout: { "line-cap": "round", "line-join": "round" },
      paint: {
        "line-color": colours.water,
        "line-opacity": colours.dark ? 0.8 : 0.85,
        "line-width": ["interpolate", ["exponential", 1.5], ["zoom"], 11, 0.8, 14, 1.8, 18, 5],
      },
    },
    {
      id: "electricity-lines",
      type: "line",
      ...links,
      filter: ["all", ofUtility("electricity"), LINES],
      layout: { "line-join": "round" },
      paint: {
        "line-color": colours.electricity,
        "line-opacity": ["interpolate", ["linear"], ["zoom"], 13, 0.55, 16, 0.85],
        "line-width": ["interpolate", ["exponential", 1.5], ["zoom"], 11, 0.5, 14, 0.9, 16, 1.6, 18, 3.2],
        "line-dasharray": ["step", ["zoom"], ["literal", [1, 0]], 15, ["literal", [3.5, 1.6]]],
      },
    },
    ...(["electricity", "water"] as const).map(
      (utility): LayerSpecification => ({
        id: `${utility}-devices`,
        type: "symbol",
        ...links,
        minzoom: 13,
        filter: [
          "all",
          ofUtility(utility),
          ["!", LINES],
          ["any", ["!", ["in", ["get", "kind"], ["literal", ["valve", "switch"]]]], [">=", ["zoom"], 16]],
        ],
        layout: {
          "icon-image": DEVICE_ICON,
          "icon-size": ["interpolate", ["linear"], ["zoom"], 13, 0.6, 17, 1],
          "icon-allow-overlap": ["step", ["zoom"], false, 17, true],
          "symbol-sort-key": ["match", ["get", "kind"], ["pump", "prv", "transformer"], 0, 1],
        },
      }),
    ),
  ];
}

function pointLayers(colours: Palette): LayerSpecification[] {
  const nodes = { source: "nodes", "source-layer": "nodes" } as const;
  const big: ExpressionSpecification = [
    "in",
    ["get", "kind"],
    ["literal", ["tank", "reservoir", "substation"]],
  ];
  return [
    ...(["electricity", "water"] as const).map(
      (utility): LayerSpecification => ({
        id: `${utility}-nodes`,
        type: "symbol",
        ...nodes,
        minzoom: 12,
        filter: ["all", ofUtility(utility), big],
        layout: {
          "icon-image": ["concat", "asset-", ["get", "kind"]],
          "icon-size": ["interpolate", ["linear"], ["zoom"], 12, 0.75, 17, 1.15],
          "icon-allow-overlap": true,
        },
      }),
    ),
    {
      id: "points",
      type: "circle",
      source: "connection-points",
      "source-layer": "connection-points",
      minzoom: 15,
      filter: ["!=", ["get", "kind"], "cell"],
      paint: {
        "circle-radius": [
          "interpolate",
          ["linear"],
          ["zoom"],
          15,
          0.8,
          16,
          ["case", SHARED, 5, 1.2],
          18,
          ["case", SHARED, 9, 4],
        ],
        "circle-color": colours.surface,
        "circle-stroke-width": 1.2,
        "circle-stroke-color": [
          "match",
          ["get", "utility"],
          "water",
          colours.water,
          "electricity",
          colours.electricity,
          colours.ink3,
        ],
      },
    },
  ];
}
