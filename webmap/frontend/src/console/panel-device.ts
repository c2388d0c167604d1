import type { Device, DeviceHealth, DeviceLevel, Sensor } from "../api/types";
import { age, isolated, number, quantity, when } from "../format";
import { plural, t } from "../i18n";
import { h, icon, keepList, must, setText } from "../ui/h";
import { blank, createReading, loading, section, updateReading } from "../ui/parts";
import { deviceStanding, loadDeviceHealth } from "./devices";
import { type Actions, code, frame, type Panel } from "./inspector";
import type { Store } from "./store";

const AGAIN_MS = 15_000;

/** One device: whether it is heard, what is wrong with it, and its sensors. What has the focus is left in place. */
export function devicePanel(store: Store, deviceCode: string, actions: Actions): Panel {
  const body = h("div", { class: "panel-body" }, loading());
  const element = frame(store, deviceCode, code(deviceCode), body, { "data-testid": "device-panel" });
  const leaving = new AbortController();
  const state = h("p", { class: "device-state", "data-testid": "device-state" });
  const wrong = h("ul", { class: "device-problems" });
  const told = h("dl", { class: "facts" });
  const list = h("ul", { class: "deck-rows" });
  const sensors = section(t("twin.sensors"), list);
  let device: Device | null = null;

  /** The newest of what the page and the list know. */
  const grow = () => {
    if (!device) return;
    const live = store.devices.get(deviceCode);
    if (live && (live.last_seen_at ?? "") > (device.last_seen_at ?? ""))
      device.last_seen_at = live.last_seen_at;
    drawState(state, device);
    const mine = [...store.sensors.values()].filter((sensor) => sensor.device === deviceCode);
    sensors.hidden = mine.length === 0;
    keepList(
      list,
      mine,
      (sensor) => sensor.code,
      (sensor) => sensorRow(store, sensor),
      (row, sensor) => updateReading(must(".reading", row), sensor, store.now()),
    );
  };
  const show = (health: DeviceHealth) => {
    if (!device) {
      const head = h("div", {}, state, wrong);
      body.replaceChildren(head, section(t("facts"), told), sensors, links(store, health.device, actions));
    }
    device = health.device;
    if (device.name) setText(element.querySelector("h2") as HTMLElement, device.name);
    wrong.replaceChildren(...problems(health));
    told.replaceChildren(
      ...facts(health).flatMap(([label, value]) => [h("dt", {}, label), h("dd", {}, value)]),
    );
    grow();
  };
  const load = () =>
    loadDeviceHealth(deviceCode, leaving.signal).then(show, () => {
      if (!device && !leaving.signal.aborted) body.replaceChildren(blank("search-x", t("device.unknown")));
    });
  void load();
  const ages = window.setInterval(grow, 1_000);
  const again = window.setInterval(() => document.visibilityState === "visible" && void load(), AGAIN_MS);
  return {
    element,
    stop: () => {
      leaving.abort();
      window.clearInterval(ages);
      window.clearInterval(again);
    },
  };
}

/** Say a state by its shape, its colour and its word, with its age. */
function drawState(line: HTMLElement, device: Device): void {
  const { state, ageS } = deviceStanding(device, Date.now());
  if (line.dataset["state"] !== state) {
    line.dataset["state"] = state;
    line.replaceChildren(icon(`asset-device-${state}`), h("strong", {}, t(`device.${state}`)), h("span"));
  }
  const words = Number.isFinite(ageS) ? t("device.heard", { age: age(ageS) }) : "";
  setText(line.lastElementChild as HTMLElement, words);
}

function problems(health: DeviceHealth): HTMLElement[] {
  return health.problems.map((name) =>
    h("li", {}, icon("triangle-alert"), t(`problem.${name}` as "problem.gaps")),
  );
}

function facts(health: DeviceHealth): [string, string][] {
  const { device, throughput, last_error } = health;
  const skew = device.clock_skew_s;
  const rows: [string, string][] = [
    [t("device.last_message"), device.last_seen_at ? when(device.last_seen_at) : "–"],
    [t("sensor.expected"), age(device.heard_every_s)],
    [t("device.battery"), level(health.battery)],
    [t("device.signal"), level(health.signal)],
    [t("device.clock"), skew === null ? "–" : isolated(`${skew > 0 ? "+" : ""}${number(skew)} s`)],
    [t("device.gaps"), device.open_gaps ? String(device.open_gaps) : t("device.none")],
    [t("device.day"), plural("device.readings", throughput.day)],
  ];
  if (health.held) rows.push([t("device.held"), plural("device.readings", health.held)]);
  rows.push([
    t("device.last_error"),
    last_error ? `${last_error.text} · ${when(last_error.at)}` : t("device.none"),
  ]);
  return rows;
}

function level(told: DeviceLevel | null): string {
  if (!told) return t("device.not_reported");
  const words = told.unit === "1" ? quantity(told.value * 100, "%") : quantity(told.value, told.unit);
  return told.low ? `${words} · ${t("device.low")}` : words;
}

function sensorRow(store: Store, sensor: Sensor): HTMLElement {
  const open = () => store.select({ what: "sensor", code: sensor.code });
  return h(
    "li",
    {},
    h(
      "button",
      { class: "value-row", type: "button", onclick: open },
      h("span", { class: "value-name" }, h("bdi", {}, sensor.name)),
      createReading(),
    ),
  );
}

function links(store: Store, device: Device, actions: Actions): HTMLElement {
  const show = () => {
    const place = store.devices.get(device.code)?.place;
    if (place) actions.goTo(place, 17);
  };
  return h(
    "div",
    { class: "button-row mt-0" },
    h(
      "a",
      { class: "btn btn-sm btn-primary", href: `/telemetry/devices/${encodeURIComponent(device.code)}/` },
      t("device.page"),
      icon("arrow-up-right", "icon-directional"),
    ),
    h("button", { class: "btn btn-sm", type: "button", onclick: show }, t("show_on_map")),
  );
}
