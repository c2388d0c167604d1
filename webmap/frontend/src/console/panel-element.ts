import { number } from "../format";
import { t } from "../i18n";
import { h, icon } from "../ui/h";
import { blank, loading, section } from "../ui/parts";
import { loadElement } from "./data";
import { type Actions, code, frame, type Panel } from "./inspector";
import { kindName } from "./panel-zone";
import type { Store } from "./store";

/** A part of a network: what it is, in which state, what hangs on it, and how to cut it off. */
export function elementPanel(
  store: Store,
  selected: { network: string; kind: string; code: string },
  actions: Actions,
): Panel {
  const body = h("div", { class: "panel-body" }, loading());
  const subtitle = h("span", {}, `${kindName(selected.kind)} · `, code(selected.network));
  const element = frame(store, selected.code, subtitle, body, { "data-testid": "element-panel" });
  void loadElement(selected.network, selected.kind, selected.code)
    .then((found) => {
      if (!found) {
        body.replaceChildren(blank("search-x", t("element.unknown")));
        return;
      }
      if (!["pipe", "line"].includes(selected.kind)) actions.mark(found.place);
      body.replaceChildren(
        facts(found.properties),
        ...sensorsHere(store, selected.code, selected.network),
        buttons(selected, found.place, actions),
      );
    })
    .catch(() => body.replaceChildren(blank("cloud-off", t("error.load"), t("error.retry_later"))));
  return { element };
}

const SHOWN: [string, (value: unknown) => string][] = [
  ["state", (v) => t(`state.${String(v)}` as "state.open")],
  ["diameter_mm", (v) => `${number(Number(v))} mm`],
  ["length_m", (v) => `${number(Number(v))} m`],
  ["elevation_m", (v) => `${number(Number(v))} m`],
  ["category", (v) => t(`category.${String(v)}` as "category.residential")],
  ["critical_kind", String],
  ["address", String],
  ["synthetic", () => t("element.synthetic")],
];

function facts(properties: Record<string, unknown>): HTMLElement {
  const rows = SHOWN.filter(([name]) => {
    const value = properties[name];
    return value !== null && value !== undefined && value !== "" && value !== false;
  }).flatMap(([name, write]) => [
    h("dt", {}, t(`element.${name}` as "element.state")),
    h("dd", {}, write(properties[name])),
  ]);
  return section(t("facts"), h("dl", { class: "facts" }, ...rows));
}

function sensorsHere(store: Store, elementCode: string, network: string): HTMLElement[] {
  const here = [...store.sensors.values()].filter(
    (s) => s.element?.code === elementCode && s.network === network,
  );
  if (!here.length) return [];
  const items = here.map((sensor) =>
    h(
      "li",
      {},
      h(
        "button",
        { class: "link", type: "button", onclick: () => store.select({ what: "sensor", code: sensor.code }) },
        sensor.name,
      ),
    ),
  );
  return [section(t("element.sensors"), h("ul", {}, ...items))];
}

function buttons(
  selected: { network: string; kind: string; code: string },
  place: [number, number] | null,
  actions: Actions,
): HTMLElement {
  return h(
    "div",
    { class: "button-row mt-0" },
    h(
      "button",
      {
        class: "btn btn-sm btn-primary",
        type: "button",
        "data-testid": "isolate",
        onclick: () => actions.isolate(selected.network, selected.kind, selected.code),
      },
      icon("route"),
      t("trace.isolate"),
    ),
    place &&
      h(
        "button",
        { class: "btn btn-sm", type: "button", onclick: () => actions.goTo(place, 17) },
        t("show_on_map"),
      ),
  );
}
