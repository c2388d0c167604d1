import type { Sensor } from "../api/types";
import { age } from "../format";
import { t } from "../i18n";
import { h, keepList, must, setText } from "../ui/h";
import { blank, createReading, explain, standing, updateReading } from "../ui/parts";
import { folded, type Store, sortSensors } from "./store";

const MOST_ROWS = 400;

/** Show every measurement with its age, moved by the live stream. */
export function startValueList(store: Store): void {
  const list = must("#values");
  const filter = must<HTMLInputElement>("#values-filter");
  let shown: Sensor[] = [];
  const rows = new Map<string, HTMLElement>();

  const choose = () => {
    const words = folded(filter.value.trim());
    shown = sortSensors(store.sensors.values())
      .filter((sensor) => !words || folded(`${sensor.code} ${sensor.name} ${sensor.unit}`).includes(words))
      .slice(0, MOST_ROWS);
    keepList(
      list,
      shown,
      (sensor) => sensor.code,
      (sensor) => createRow(store, sensor),
      (element, sensor) => updateRow(store, element, sensor, store.now()),
    );
    rows.clear();
    for (const [index, sensor] of shown.entries()) rows.set(sensor.code, list.children[index] as HTMLElement);
    const box = must("#values-blank");
    delete box.dataset["shows"];
    explain(box, store.known.sensors, shown.length === 0, () =>
      blank("radio-tower", words ? t("values.no_match") : t("values.none")),
    );
  };

  /** Only what moved, at once. */
  const move = () => {
    const now = store.now();
    for (const code of store.moved) {
      const element = rows.get(code);
      const sensor = store.sensors.get(code);
      if (element && sensor) updateRow(store, element, sensor, now);
    }
    store.moved.clear();
  };

  /** Ages grow by themselves. */
  const grow = () => {
    const now = store.now();
    for (const sensor of shown) {
      const element = rows.get(sensor.code);
      if (element) updateRow(store, element, sensor, now);
    }
  };

  const mark = () => {
    for (const [code, element] of rows) markRow(store, element, code);
  };

  filter.addEventListener("input", choose);
  store.on("sensors", choose);
  store.on("readings", move);
  store.on("selection", mark);
  choose();
  window.setInterval(() => document.visibilityState === "visible" && grow(), 1_000);
}

function createRow(store: Store, sensor: Sensor): HTMLElement {
  const device = sensor.code.slice(0, sensor.code.lastIndexOf("."));
  return h(
    "li",
    {},
    h(
      "button",
      {
        class: "value-row",
        type: "button",
        onclick: () => store.select({ what: "sensor", code: sensor.code }),
      },
      h(
        "span",
        { class: "value-name", title: sensor.code },
        h("bdi", {}, device),
        h("small", {}, sensor.name),
      ),
      createReading(),
      h("span", { class: "reading-age" }),
    ),
  );
}

function updateRow(store: Store, element: HTMLElement, sensor: Sensor, now: number): void {
  const reading = must(".reading", element);
  updateReading(reading, sensor, now);
  const { ageS } = standing(sensor, now);
  setText(must(".reading-age", element), Number.isFinite(ageS) ? age(ageS) : "");
  markRow(store, element, sensor.code);
}

function markRow(store: Store, element: HTMLElement, code: string): void {
  const here = String(store.selected?.what === "sensor" && store.selected.code === code);
  if (element.getAttribute("aria-current") !== here) element.setAttribute("aria-current", here);
}
