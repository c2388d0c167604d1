import type { Alarm, Device, Sensor } from "../api/types";
import { age, when } from "../format";
import { plural, t } from "../i18n";
import { h, icon, keepList, must, priorityIcon, setText } from "../ui/h";
import { createReading, standing, updateReading } from "../ui/parts";
import { alarmTitle, stateWord } from "./alarms";
import { deviceStanding, sortDevices } from "./devices";
import { code } from "./inspector";
import { folded, type Store, sortAlarms, sortSensors } from "./store";

type Which = "sensors" | "alarms" | "devices";
type Row = Sensor | Alarm | Device;
interface Column<T> {
  name: string;
  numeric?: boolean;
  sort: (row: T) => string | number;
}

const SENSOR_COLUMNS: Column<Sensor>[] = [
  { name: "column.sensor", sort: (s) => s.code },
  { name: "column.quantity", sort: (s) => s.name },
  { name: "column.value", numeric: true, sort: (s) => s.latest?.value ?? Number.NEGATIVE_INFINITY },
  { name: "column.quality", sort: (s) => s.latest?.quality ?? -1 },
  { name: "column.age", numeric: true, sort: (s) => -Date.parse(s.latest?.at ?? "1970-01-01") },
];
const ALARM_COLUMNS: Column<Alarm>[] = [
  { name: "column.priority", sort: (a) => a.priority },
  { name: "column.alarm", sort: (a) => a.sensor },
  { name: "column.state", sort: (a) => a.state },
  { name: "column.raised", numeric: true, sort: (a) => a.raised_at ?? "" },
];

const DEVICE_COLUMNS: Column<Device>[] = [
  { name: "column.state", sort: (d) => deviceStanding(d, Date.now()).state },
  { name: "column.device", sort: (d) => d.code },
  { name: "column.age", numeric: true, sort: (d) => -Date.parse(d.last_seen_at ?? "1970-01-01") },
  { name: "column.missing", numeric: true, sort: (d) => d.open_gaps },
];

/** The same things as on the map, as a table: sorted, filtered, all by keyboard. */
export function startTwin(
  store: Store,
  onToggle: () => void,
): { set: (open: boolean) => void; isOpen: () => boolean } {
  const panel = must("#twin-panel");
  const button = must("#twin");
  let which: Which = "sensors";
  let column = -1;
  let up = true;

  const filter = h("input", { type: "search", placeholder: t("filter"), "aria-label": t("filter") });
  const head = h("tr");
  const body = h("tbody");
  const count = h("span", { class: "muted" });
  const tabs = (["sensors", "alarms", "devices"] as const).map((name) =>
    h(
      "button",
      { type: "button", "aria-pressed": String(name === which), "data-which": name },
      t(`twin.${name}`),
    ),
  );
  panel.append(
    h("div", { class: "twin-tools" }, h("div", { class: "segmented" }, ...tabs), filter, count),
    h(
      "div",
      { class: "table-wrap", tabindex: 0 },
      h("table", { class: "data-table" }, h("thead", {}, head), body),
    ),
  );

  const columns = () =>
    ({ sensors: SENSOR_COLUMNS, alarms: ALARM_COLUMNS, devices: DEVICE_COLUMNS })[which] as Column<Row>[];
  const things = (): Row[] => {
    if (which === "sensors") return sortSensors(store.sensors.values());
    if (which === "alarms") return sortAlarms(store.alarms.values());
    return sortDevices(store.devices.values(), Date.now());
  };
  const drawHead = () => {
    head.replaceChildren(
      ...columns().map((c, i) =>
        h(
          "th",
          {
            scope: "col",
            class: c.numeric ? "num" : "",
            "aria-sort": i === column ? (up ? "ascending" : "descending") : "none",
          },
          h(
            "button",
            { class: "sort", type: "button", onclick: () => sortBy(i) },
            t(c.name as "column.sensor"),
          ),
        ),
      ),
    );
  };
  const sortBy = (i: number) => {
    up = i === column ? !up : true;
    column = i;
    drawHead();
    draw();
  };
  const draw = () => {
    if (panel.hidden) return;
    const words = folded(filter.value.trim());
    const rows = things().filter(
      (row) =>
        words === "" || folded(`${"sensor" in row ? row.sensor : row.code} ${row.name}`).includes(words),
    );
    const by = columns()[column];
    if (by) rows.sort((a, b) => (up ? 1 : -1) * compare(by.sort(a), by.sort(b)));
    keepList(
      body,
      rows,
      (row) => String(row.id),
      (row) => createRow(store, row),
      (e, row) => updateRow(store, e, row),
    );
    setText(count, plural("twin.count", rows.length));
  };
  const set = (open: boolean) => {
    panel.hidden = !open;
    button.setAttribute("aria-pressed", String(open));
    if (open) {
      drawHead();
      draw();
    }
  };

  for (const tab of tabs) {
    tab.addEventListener("click", () => {
      which = tab.dataset["which"] as Which;
      column = -1;
      for (const other of tabs) other.setAttribute("aria-pressed", String(other === tab));
      body.replaceChildren();
      drawHead();
      draw();
    });
  }
  filter.addEventListener("input", draw);
  button.addEventListener("click", () => {
    set(panel.hidden === true);
    onToggle();
    if (!panel.hidden) filter.focus();
  });
  for (const topic of ["sensors", "alarms", "devices", "selection"] as const) store.on(topic, draw);
  window.setInterval(draw, 1_000);
  return { set, isOpen: () => !panel.hidden };
}

function compare(a: string | number, b: string | number): number {
  if (typeof a === "number" && typeof b === "number") return a - b;
  return String(a).localeCompare(String(b), "en", { numeric: true });
}

function createRow(store: Store, row: Row): HTMLElement {
  if ("stale_after_s" in row) return deviceRow(store, row);
  const sensorCode = "sensor" in row ? row.sensor : row.code;
  const choose = () => store.select({ what: "sensor", code: sensorCode });
  const name = h("button", { class: "link", type: "button" });
  if ("sensor" in row) {
    const shape = h("td", {}, priorityIcon(row.priority, t("alarms.priority", { n: row.priority })));
    name.textContent = alarmTitle(row);
    return h(
      "tr",
      { onclick: choose },
      shape,
      h("th", { scope: "row" }, name),
      h("td", { class: "cell-state" }),
      h("td", { class: "num cell-when" }),
    );
  }
  name.append(code(row.code));
  return h(
    "tr",
    { onclick: choose },
    h("th", { scope: "row" }, name),
    h("td", {}, row.name),
    h("td", { class: "num" }, createReading()),
    h("td", { class: "cell-quality" }),
    h("td", { class: "num cell-age" }),
  );
}

function deviceRow(store: Store, row: Device): HTMLElement {
  const name = h("button", { class: "link", type: "button" }, code(row.code));
  return h(
    "tr",
    { onclick: () => store.select({ what: "device", code: row.code }) },
    h("td", {}, h("span", { class: "device-state" })),
    h("th", { scope: "row" }, name, h("span", { class: "device-name" }, h("bdi", {}, row.name))),
    h("td", { class: "num cell-age" }),
    h("td", { class: "num cell-missing" }),
  );
}

function updateDevice(store: Store, element: HTMLElement, row: Device): void {
  const here = store.selected?.what === "device" && store.selected.code === row.code;
  element.setAttribute("aria-selected", String(here));
  const { state, ageS } = deviceStanding(row, Date.now());
  const mark = must(".device-state", element);
  if (mark.dataset["state"] !== state) {
    mark.dataset["state"] = state;
    mark.replaceChildren(icon(`asset-device-${state}`), t(`device.${state}`));
  }
  setText(must(".cell-age", element), Number.isFinite(ageS) ? age(ageS) : "–");
  setText(must(".cell-missing", element), row.open_gaps ? String(row.open_gaps) : "–");
}

function updateRow(store: Store, element: HTMLElement, row: Row): void {
  if ("stale_after_s" in row) {
    updateDevice(store, element, row);
    return;
  }
  const sensorCode = "sensor" in row ? row.sensor : row.code;
  element.setAttribute(
    "aria-selected",
    String(store.selected?.what === "sensor" && store.selected.code === sensorCode),
  );
  if ("sensor" in row) {
    setText(must(".cell-state", element), stateWord(row));
    setText(must(".cell-when", element), row.raised_at ? when(row.raised_at) : "");
    return;
  }
  const now = store.now();
  const { ageS, fresh, quality } = standing(row, now);
  updateReading(must(".reading", element), row, now);
  setText(
    must(".cell-quality", element),
    t(`quality.${fresh === "stale" ? "stale" : quality}` as "quality.good"),
  );
  setText(must(".cell-age", element), Number.isFinite(ageS) ? age(ageS) : "–");
}
