import type { Map as MapView } from "maplibre-gl";
import { followLive } from "../live/stream";
import { createMap } from "../map/create";
import { type LayerGroup, ON_DEMAND } from "../map/network";
import { showSelected } from "../map/overlay";
import { onMap } from "../map/rest";
import { must } from "../ui/h";
import { startAlarmList } from "./alarms";
import { loadAlarms, loadSensors, loadZones, toAlarm } from "./data";
import { startDeck } from "./deck";
import { hear, startDevices } from "./devices";
import { startIncidents } from "./incidents";
import { type Actions, startInspector } from "./inspector";
import { applyLayers, startLayers } from "./layers";
import { drawAll, keepMapInStep, padding, ring } from "./map-sync";
import { startReplay } from "./replay";
import { startSearch } from "./search";
import { startSound } from "./sound";
import { showLive, startClock } from "./status";
import { type Reading, Store } from "./store";
import { startTrace, type Trace } from "./trace";
import { startTrend } from "./trend";
import { startTwin } from "./twin";
import { startValueList } from "./values";
import { readView, type View, writeView } from "./view";

/** Bring the control room to life. */
export async function startConsole(): Promise<void> {
  const root = must("#console");
  const store = new Store();
  const start: View = {
    zoom: 13.4,
    lat: Number(root.dataset["lat"]),
    lon: Number(root.dataset["lon"]),
    selected: asked(),
    hidden: [],
    shown: [],
    tab: "alarms",
    list: false,
    trace: null,
    trend: [],
    past: null,
  };
  const placed = location.hash.includes("map=");
  const view = readView(location.hash, start);
  const hidden = new Set<LayerGroup>([...view.hidden, ...ON_DEMAND.filter((g) => !view.shown.includes(g))]);
  let map: MapView | null = null;

  const goTo: Actions["goTo"] = (place, zoom) =>
    map?.easeTo({
      center: place,
      zoom: Math.max(zoom ?? 0, map.getZoom()),
      padding: padding(),
      duration: 140,
    });
  let boxDue: Parameters<Actions["showBox"]>[0] | null = null;
  /** Bring a part of the map into sight; before the map is there, as soon as it is. */
  const showBox: Actions["showBox"] = (box) => {
    boxDue = map === null ? box : null;
    map?.fitBounds(box, { padding: padding(), duration: 140, maxZoom: 17 });
  };
  let fitDue = false;
  /** Show every zone; before the map is there, as soon as it is. */
  const whole = () => {
    const box = around(store.zones.flatMap((zone) => (zone.bbox ? [zone.bbox] : [])));
    fitDue = map === null;
    if (box) map?.fitBounds(box, { padding: padding(), duration: 0 });
  };
  const trace = startTrace(
    store,
    () => map,
    { goTo, showBox },
    () => remember(),
  );
  const actions: Actions = {
    goTo,
    showBox,
    isolate: (network, kind, code) => {
      store.select(null);
      void trace.run("isolation", network, { kind, code });
    },
    mark: (place) => map && showSelected(map, place),
    toTrend: (sensor) => trend.add(sensor),
  };

  startClock();
  startAlarmList(store);
  startValueList(store);
  startInspector(store, actions);
  startSearch(store, goTo);
  startSound(store);
  const deck = startDeck(view.tab, () => remember());
  const incidents = startIncidents(store);
  const twin = startTwin(store, () => {
    remember();
    devices();
  });
  const trend = startTrend(store, () => remember());
  const replay = startReplay(store, () => remember());
  const devices = startDevices(
    store,
    () => !hidden.has("devices") || store.selected?.what === "device" || twin.isOpen(),
  );
  startLayers(hidden, () => {
    if (map) applyLayers(map, hidden);
    devices();
    remember();
  });

  const remember = () => {
    const centre = map?.getCenter() ?? { lat: view.lat, lng: view.lon };
    const now: View = {
      zoom: map?.getZoom() ?? view.zoom,
      lat: centre.lat,
      lon: centre.lng,
      selected: store.selected,
      hidden: [...hidden].filter((group) => !ON_DEMAND.includes(group)),
      shown: ON_DEMAND.filter((group) => !hidden.has(group)),
      tab: deck.tab(),
      list: twin.isOpen(),
      trace: trace.question(),
      trend: trend.codes(),
      past: store.past,
    };
    history.replaceState(null, "", writeView(now));
  };
  store.on("selection", () => {
    remember();
    onMap("selection", () => map && ring(map, store));
  });

  // The list, the search and the keys work from the start: a slow map holds nobody up.
  must("#zoom-in").addEventListener("click", () => map?.zoomIn({ duration: 140 }));
  must("#zoom-out").addEventListener("click", () => map?.zoomOut({ duration: 140 }));
  startKeys(store, trace, twin, [replay, trend], must("#home"), whole);
  startStream(store, incidents.changed);
  store.select(view.selected);
  twin.set(view.list);
  if (view.trace) trace.restore(view.trace);
  if (view.trend.length) trend.restore(view.trend);
  const zones = loadZones().then((found) => {
    store.zones = found;
    store.tell("zones");
    if (!store.selected && !trace.isOpen() && wide()) {
      const home = found.find((z) => z.code === root.dataset["zone"]) ?? found.find((z) => z.parent === null);
      if (home) store.select({ what: "zone", code: home.code });
    } else if (store.selected?.what === "zone") {
      const again = store.selected;
      store.select(null);
      store.select(again);
    }
    if (!placed && !trace.isOpen()) whole();
  });
  void zones.catch(() => undefined);
  void loadSensors().then(
    (sensors) => {
      store.setSensors(sensors);
      if (view.past !== null) replay.restore(view.past);
    },
    () => store.fail("sensors"),
  );
  void loadAlarms().then(
    (alarms) => store.addAlarms(alarms),
    () => store.fail("alarms"),
  );

  map = await createMap({
    container: must("#map"),
    centre: [view.lon, view.lat],
    zoom: view.zoom,
    attribution: root.dataset["attribution"] ?? "",
    basemap: root.dataset["basemap"] ?? "",
    zoomButtons: false,
    draw: (ready) => drawAll(ready, store, hidden, trace),
  });
  keepMapInStep(map, store, trace, remember);
  if (fitDue) whole();
  if (boxDue) showBox(boxDue);
}

function startStream(store: Store, incidentsChanged: () => void): void {
  const readings = (data: Record<string, unknown>) => {
    const unknown = store.takeReadings((data["readings"] as Reading[] | undefined) ?? []);
    if (unknown && store.known.sensors === "yes")
      void loadSensors().then(
        (sensors) => store.setSensors(sensors),
        () => undefined,
      );
  };
  followLive(
    {
      snapshot: (data) => {
        readings(data);
        const alarms = data["alarms"] as Record<string, unknown>[] | undefined;
        if (alarms) store.setAlarms(alarms.map((row) => toAlarm(row, null)));
        incidentsChanged();
      },
      reading: (data) => {
        readings(data);
        hear(store, (data["readings"] as Reading[] | undefined) ?? [], Date.now());
      },
      alarm: (data) => store.takeAlarm(toAlarm(data, null)),
      incident: incidentsChanged,
      report: incidentsChanged,
      order: incidentsChanged,
    },
    (state) => {
      store.live = state;
      showLive(state);
    },
  );
}

/** Everything by keyboard: `/` searches, `t` traces, `l` turns to the list, Escape puts away. */
function startKeys(
  store: Store,
  trace: Trace,
  twin: { set: (open: boolean) => void; isOpen: () => boolean },
  others: { isOpen: () => boolean; close: () => void }[],
  home: HTMLElement,
  whole: () => void,
): void {
  home.addEventListener("click", whole);
  document.addEventListener("keydown", (event) => {
    const typing = event.target instanceof HTMLInputElement || event.target instanceof HTMLTextAreaElement;
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    if (event.key === "Escape" && !typing && !document.querySelector("dialog[open], details.fold[open]")) {
      if (trace.isOpen() && !store.selected) trace.clear();
      else if (twin.isOpen()) must("#twin").click();
      else if (!store.selected && others.some((one) => one.isOpen()))
        others.find((one) => one.isOpen())?.close();
      else store.select(null);
    } else if (event.key === "/" && !typing) {
      event.preventDefault();
      must("#search").focus();
    } else if (event.key === "t" && !typing) {
      event.preventDefault();
      trace.toggle();
    } else if (event.key === "l" && !typing) {
      event.preventDefault();
      must("#twin").click();
    }
  });
}

/** `/console/?sensor=CODE` and `?zone=CODE` are addresses people can write by hand. */
function asked(): View["selected"] {
  const query = new URLSearchParams(location.search);
  const [sensor, zone] = [query.get("sensor"), query.get("zone")];
  if (sensor) return { what: "sensor", code: sensor };
  return zone ? { what: "zone", code: zone } : null;
}

function around(boxes: [number, number, number, number][]): [number, number, number, number] | null {
  if (!boxes.length) return null;
  const edge = (i: 0 | 1 | 2 | 3, pick: (...n: number[]) => number) => pick(...boxes.map((box) => box[i]));
  return [edge(0, Math.min), edge(1, Math.min), edge(2, Math.max), edge(3, Math.max)];
}

function wide(): boolean {
  return matchMedia("(width >= 64rem)").matches;
}
