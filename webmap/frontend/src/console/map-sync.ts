import type { MapMouseEvent, Map as MapView } from "maplibre-gl";
import { language } from "../i18n";
import { showDevices } from "../map/devices";
import { ASKED, addNetworks, type LayerGroup } from "../map/network";
import {
  addOverlays,
  highlight,
  highlightZone,
  showAlarms,
  showIncidents,
  showSelected,
  showSensors,
} from "../map/overlay";
import { palette } from "../map/palette";
import { isResting, onMap } from "../map/rest";
import { forgetTold } from "../map/told";
import { must } from "../ui/h";
import { applyLayers } from "./layers";
import type { Store } from "./store";
import { openCell, openShared, startTally } from "./tally";
import type { Trace } from "./trace";

const MAP_MS = 1_000;

/** Draw everything: when the map is there, and again after a change of theme. */
export function drawAll(map: MapView, store: Store, hidden: Set<LayerGroup>, trace: Trace): void {
  const colours = palette();
  addNetworks(map, colours, language);
  addOverlays(map, colours);
  applyLayers(map, hidden);
  forgetTold(map);
  showSensors(map, store.sensors.values(), store.now());
  drawDevices(map, store);
  showAlarms(map, store.drawnAlarms());
  showIncidents(map, store.incidents);
  trace.redraw(map);
  ring(map, store);
}

/** The health of devices is of now: the past shows none. */
function drawDevices(map: MapView, store: Store): void {
  showDevices(map, store.past === null ? store.devices.values() : [], Date.now());
}

/** Mark what is selected and bring it into sight. */
export function ring(map: MapView, store: Store): void {
  const selected = store.selected;
  const sensor = selected?.what === "sensor" ? store.sensors.get(selected.code) : undefined;
  const incident =
    selected?.what === "incident" ? store.incidents.find((i) => i.code === selected.code) : undefined;
  const device = selected?.what === "device" ? store.devices.get(selected.code) : undefined;
  const place = sensor?.place ?? incident?.place ?? device?.place ?? null;
  showSelected(map, place);
  const zone = selected?.what === "zone" ? store.zones.find((z) => z.code === selected.code) : undefined;
  highlightZone(map, zone?.id ?? null);
  highlight(map, selected?.what === "element" ? selected : null);
  if (place && !inSight(map, place)) map.easeTo({ center: place, padding: padding(), duration: 140 });
}

/** Whether a place is on the map and not under what floats over it. */
function inSight(map: MapView, place: [number, number]): boolean {
  const { x, y } = map.project(place);
  const { clientWidth, clientHeight } = map.getContainer();
  const room = padding();
  return x > room.left && x < clientWidth - room.right && y > room.top && y < clientHeight - room.bottom;
}

/** Draw what moved at most once a second: the lists show every value, the map gives the picture. */
export function keepMapInStep(map: MapView, store: Store, trace: Trace, remember: () => void): void {
  let due = true;
  const soon = () => {
    due = true;
  };
  store.on("readings", soon);
  store.on("sensors", () => {
    soon();
    ring(map, store);
  });
  const alarms = () => onMap("alarms", () => showAlarms(map, store.drawnAlarms()));
  store.on("alarms", alarms);
  store.on("past", () => {
    soon();
    alarms();
  });
  store.on("past", () => drawDevices(map, store));
  store.on("devices", () => {
    drawDevices(map, store);
    if (store.selected?.what === "device") ring(map, store);
  });
  store.on("incidents", () => showIncidents(map, store.incidents));
  let beats = 0;
  window.setInterval(() => {
    if (isResting()) return;
    beats += 1;
    if (document.visibilityState === "visible" && beats % 2 === 0) drawDevices(map, store);
    if (document.visibilityState !== "visible" || (!due && beats % 10)) return;
    due = false;
    showSensors(map, store.sensors.values(), store.now());
  }, MAP_MS);
  map.on("moveend", () => {
    soon();
    remember();
  });
  map.on("click", (event) => choose(map, store, trace, event));
  startTally(map);
  for (const layer of [
    "alarms",
    "incidents",
    "devices",
    "sensors",
    "water-devices",
    "electricity-devices",
    "points",
  ]) {
    map.on("mouseenter", layer, () => {
      map.getCanvas().style.cursor = "pointer";
    });
    map.on("mouseleave", layer, () => {
      map.getCanvas().style.cursor = "";
    });
  }
  showSensors(map, store.sensors.values(), store.now());
  showAlarms(map, store.drawnAlarms());
  showIncidents(map, store.incidents);
}

/** Select what was clicked: the most telling thing near the pointer. */
function choose(map: MapView, store: Store, trace: Trace, event: MapMouseEvent): void {
  const near = 6;
  const { x, y } = event.point;
  const layers = ASKED.filter((layer) => map.getLayer(layer));
  const found = map.queryRenderedFeatures(
    [
      [x - near, y - near],
      [x + near, y + near],
    ],
    { layers },
  );
  const network = ["alarms", "incidents", "devices", "sensors", "zones-fill"];
  const best = layers
    .flatMap((layer) => found.filter((f) => f.layer.id === layer))
    .find((f) => !trace.armed() || !network.includes(f.layer.id));
  const properties = best?.properties as Record<string, string> | undefined;
  if (!best || !properties) {
    store.select(null);
    return;
  }
  if (best.layer.id === "alarms") store.select({ what: "sensor", code: String(properties["sensor"]) });
  else if (best.layer.id === "incidents")
    store.select({ what: "incident", code: String(properties["code"]) });
  else if (best.layer.id === "devices") store.select({ what: "device", code: String(properties["code"]) });
  else if (best.layer.id === "sensors") store.select({ what: "sensor", code: String(properties["code"]) });
  else if (best.layer.id === "zones-fill") store.select({ what: "zone", code: String(properties["code"]) });
  else if (properties["kind"] === "cell") openCell(map, event);
  else if (properties["kind"] === "connection_points")
    void openShared(map, store, event, properties, padding());
  else {
    const kind = best.layer.id === "points" ? "connection_point" : String(properties["kind"]);
    const [net, code] = [String(properties["network"]), String(properties["code"])];
    store.select({ what: "element", network: net, kind, code });
  }
}

/** Room taken by what floats over the map. */
export function padding(): { top: number; bottom: number; left: number; right: number } {
  const panelOpen = !must("#inspector").hidden;
  if (!matchMedia("(width >= 48rem)").matches) {
    return { top: 24, bottom: panelOpen ? Math.round(window.innerHeight * 0.7) : 200, left: 64, right: 24 };
  }
  const [lists, panel] = [360, panelOpen ? 400 : 24];
  const rtl = document.documentElement.dir === "rtl";
  return { top: 24, bottom: 96, left: rtl ? panel : lists, right: rtl ? lists : panel };
}
