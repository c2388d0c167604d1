import type { GeoJSONSource, LineLayerSpecification, Map as MapView } from "maplibre-gl";
import type { Alarm, Incident, Sensor, TraceResult } from "../api/types";
import { age, freshness, number, secondsSince, unitName } from "../format";
import { addDevices } from "./devices";
import type { Palette } from "./palette";
import { TEXT_FONT } from "./style";
import { isNews } from "./told";

const NOTHING: GeoJSON.FeatureCollection = { type: "FeatureCollection", features: [] };
const ICONS: Record<string, string> = { pressure: "asset-pressure-logger", flow: "asset-flow-meter" };

/** From this zoom on the map says values; from afar it shows where sensors are and how fresh. */
const VALUES_FROM = 14;

/** Shown only from near: registers and what seldom tells something new. */
const MINOR = new Set(["voltage", "state", "energy", "volume", "temperature", "battery", "signal"]);

/** Add what moves: sensors with their values, alarms, the trace, the selection. */
export function addOverlays(map: MapView, colours: Palette): void {
  for (const name of ["trace", "sensors", "incidents", "alarms", "selected"])
    map.addSource(name, { type: "geojson", data: NOTHING });
  map.addLayer(
    {
      id: "selected-line",
      type: "line",
      source: "links",
      "source-layer": "links",
      filter: ["==", ["get", "code"], ""],
      layout: { "line-cap": "round" },
      paint: { "line-color": colours.brand, "line-width": 12, "line-opacity": 0.55 },
    },
    "water-casing",
  );
  addTrace(map, colours);
  addSensors(map, colours);
  addDevices(map);
  map.addLayer({
    id: "incidents",
    type: "symbol",
    source: "incidents",
    layout: {
      "icon-image": "incident",
      "icon-size": ["interpolate", ["linear"], ["zoom"], 11, 0.75, 15, 1],
      "icon-offset": [0, -22],
      "icon-allow-overlap": true,
    },
  });
  map.addLayer({
    id: "alarms",
    type: "symbol",
    source: "alarms",
    layout: {
      "icon-image": ["concat", "alarm-", ["get", "priority"], "-", ["get", "called"]],
      "icon-size": ["interpolate", ["linear"], ["zoom"], 11, 0.7, 15, 1],
      "icon-allow-overlap": true,
      "icon-ignore-placement": true,
      "symbol-sort-key": ["-", 0, ["get", "priority"]],
    },
  });
  map.addLayer({
    id: "selected",
    type: "circle",
    source: "selected",
    paint: {
      "circle-radius": 20,
      "circle-color": "transparent",
      "circle-stroke-color": colours.brand,
      "circle-stroke-width": 3,
    },
  });
}

/** Of a trace: where the drawing is in doubt, what is found in full lines, what follows from it in dashes. */
function addTrace(map: MapView, colours: Palette): void {
  const role: ["get", string] = ["get", "role"];
  const lines = (roles: string[]) =>
    ({ type: "line", source: "trace", filter: ["in", role, ["literal", roles]] }) satisfies Omit<
      LineLayerSpecification,
      "id"
    >;
  const round = { "line-cap": "round", "line-join": "round" } as const;
  map.addLayer({
    id: "trace-stale",
    ...lines(["stale"]),
    paint: { "line-color": colours.high, "line-width": 2, "line-dasharray": [3, 2] },
  });
  map.addLayer({
    id: "trace-casing",
    ...lines(["isolated", "traced", "segment", "cut_off", "beside"]),
    layout: round,
    paint: { "line-color": colours.surface, "line-width": 9 },
  });
  map.addLayer({
    id: "trace-lines",
    ...lines(["isolated", "traced", "segment"]),
    layout: round,
    paint: { "line-color": colours.ink, "line-width": 5 },
  });
  map.addLayer({
    id: "trace-behind",
    ...lines(["cut_off", "beside"]),
    paint: { "line-color": colours.ink, "line-width": 4, "line-dasharray": [1.5, 1] },
  });
  map.addLayer({
    id: "trace-points",
    type: "circle",
    source: "trace",
    filter: ["==", role, "point"],
    paint: {
      "circle-radius": ["case", ["get", "critical"], 6, 3],
      "circle-color": ["case", ["get", "critical"], colours.critical, colours.ink],
      "circle-stroke-color": colours.surface,
      "circle-stroke-width": 1.5,
    },
  });
  map.addLayer({
    id: "trace-valves",
    type: "symbol",
    source: "trace",
    filter: ["in", role, ["literal", ["close", "boundary"]]],
    layout: {
      "icon-image": ["match", ["get", "kind"], "switch", "switch-to-open", "valve-to-close"],
      "icon-allow-overlap": true,
      "text-field": ["step", ["zoom"], "", 15, ["get", "code"]],
      "text-font": TEXT_FONT,
      "text-size": 12,
      "text-offset": [0, 1.9],
      "text-optional": true,
    },
    paint: { "text-color": colours.ink, "text-halo-color": colours.ground, "text-halo-width": 2 },
  });
}

function addSensors(map: MapView, colours: Palette): void {
  map.addLayer({
    id: "sensors",
    type: "symbol",
    source: "sensors",
    filter: ["any", ["!", ["get", "minor"]], [">=", ["zoom"], 15]],
    layout: {
      "icon-image": ["get", "icon"],
      "icon-size": ["interpolate", ["linear"], ["zoom"], 12, 0.5, 15, 0.8, 18, 1],
      "icon-allow-overlap": ["step", ["zoom"], false, 13.5, true],
      "symbol-sort-key": ["get", "order"],
    },
    paint: { "icon-opacity": ["match", ["get", "freshness"], "stale", 0.45, "old", 0.7, 1] },
  });
  map.addLayer({
    id: "sensor-values",
    type: "symbol",
    source: "sensors",
    minzoom: VALUES_FROM,
    filter: ["any", ["!", ["get", "minor"]], [">=", ["zoom"], 16.5]],
    layout: {
      "text-field": [
        "format",
        ["get", "value"],
        { "font-scale": 1 },
        ["case", ["==", ["get", "age"], ""], "", ["concat", "\n", ["get", "age"]]],
        { "font-scale": 0.8, "text-color": colours.ink2 },
      ],
      "text-font": TEXT_FONT,
      "text-size": ["interpolate", ["linear"], ["zoom"], 14, 11, 17, 13],
      "text-variable-anchor": ["top", "bottom", "left", "right"],
      "text-radial-offset": 1,
      "text-justify": "auto",
      "text-padding": 4,
      "symbol-sort-key": ["get", "order"],
    },
    paint: {
      "text-color": ["match", ["get", "freshness"], "stale", colours.ink3, colours.ink],
      "text-opacity": ["match", ["get", "freshness"], "stale", 0.7, 1],
      "text-halo-color": colours.ground,
      "text-halo-width": 1.8,
    },
  });
}

/** Mark one zone, or none. */
export function highlightZone(map: MapView, zone: number | null): void {
  if (!map.getSource("zones")) return;
  map.removeFeatureState({ source: "zones", sourceLayer: "zones" });
  if (zone !== null)
    map.setFeatureState({ source: "zones", sourceLayer: "zones", id: zone }, { selected: true });
}

/** Mark one pipe or line, or none. */
export function highlight(
  map: MapView,
  element: { network: string; kind: string; code: string } | null,
): void {
  if (!map.getLayer("selected-line")) return;
  map.setFilter("selected-line", [
    "all",
    ["==", ["get", "network"], element?.network ?? ""],
    ["==", ["get", "kind"], element?.kind ?? ""],
    ["==", ["get", "code"], element?.code ?? ""],
  ]);
}

/**
 * Put the sensors' values of this moment on the map, where that changes what it shows: a frame is costly, and
 * thousands of values change each second. Customers' registers are drawn last and give way first.
 */
export function showSensors(map: MapView, sensors: Iterable<Sensor>, now: number): void {
  const features: GeoJSON.Feature[] = [];
  for (const sensor of sensors) {
    if (sensor.place) features.push(sensorFeature(sensor, sensor.place, now));
  }
  const said = map.getZoom() > VALUES_FROM - 0.5 ? ["freshness", "value", "age"] : ["freshness"];
  const inShort = features.map(({ id, properties }) =>
    [id, ...said.map((name) => properties?.[name])].join(" "),
  );
  if (isNews(map, "sensors", inShort.join()))
    source(map, "sensors")?.setData({ type: "FeatureCollection", features });
}

function sensorFeature(sensor: Sensor, place: [number, number], now: number): GeoJSON.Feature {
  const latest = sensor.latest;
  const ageS = latest ? secondsSince(latest.at, now) : Number.POSITIVE_INFINITY;
  const fresh = latest ? freshness(ageS, sensor.expected_interval_s, latest.quality) : "stale";
  const shown = latest?.value !== null && latest?.value !== undefined && sensor.quantity !== "state";
  return {
    type: "Feature",
    id: sensor.id,
    geometry: { type: "Point", coordinates: place },
    properties: {
      code: sensor.code,
      icon: ICONS[sensor.quantity] ?? "asset-meter",
      value: shown ? `${number(latest.value as number)} ${unitName(sensor.unit)}` : "",
      age: shown && ageS > Math.max(10, sensor.expected_interval_s) ? age(ageS) : "",
      freshness: fresh,
      minor: sensor.cumulative || MINOR.has(sensor.quantity),
      order: sensor.cumulative ? 9 : sensor.quantity === "pressure" || sensor.quantity === "flow" ? 1 : 5,
    },
  };
}

/** Put the open alarms on the map. */
export function showAlarms(map: MapView, alarms: Iterable<Alarm>): void {
  const features: GeoJSON.Feature[] = [];
  for (const alarm of alarms) {
    if (!alarm.place) continue;
    features.push({
      type: "Feature",
      id: alarm.id,
      geometry: { type: "Point", coordinates: alarm.place },
      properties: {
        sensor: alarm.sensor,
        priority: alarm.priority,
        called: alarm.state.endsWith("unacknowledged") ? "open" : "seen",
      },
    });
  }
  source(map, "alarms")?.setData({ type: "FeatureCollection", features });
}

/** Put the open incidents on the map. */
export function showIncidents(map: MapView, incidents: Incident[]): void {
  const features = incidents.flatMap((incident) =>
    incident.place ? [mark(incident.place, { code: incident.code })] : [],
  );
  source(map, "incidents")?.setData({ type: "FeatureCollection", features });
}

/** Ring a place, or nothing. */
export function showSelected(map: MapView, place: [number, number] | null): void {
  const features: GeoJSON.Feature[] = place
    ? [{ type: "Feature", properties: {}, geometry: { type: "Point", coordinates: place } }]
    : [];
  source(map, "selected")?.setData({ type: "FeatureCollection", features });
}

/** Draw the result of a trace, or clear it. */
export function showTrace(map: MapView, trace: TraceResult | null): void {
  if (!trace) {
    source(map, "trace")?.setData(NOTHING);
    return;
  }
  const points = trace.points.flatMap(({ place, critical_kind }) =>
    place ? [mark(place, { role: "point", critical: critical_kind !== "" })] : [],
  );
  source(map, "trace")?.setData({ type: "FeatureCollection", features: [...trace.features, ...points] });
}

function mark(place: [number, number], properties: Record<string, unknown>): GeoJSON.Feature {
  return { type: "Feature", properties, geometry: { type: "Point", coordinates: place } };
}

function source(map: MapView, name: string): GeoJSONSource | undefined {
  return map.getSource(name) as GeoJSONSource | undefined;
}
