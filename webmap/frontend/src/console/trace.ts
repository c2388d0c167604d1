import type { Map as MapView } from "maplibre-gl";
import { Problem } from "../api/client";
import type { TraceResult } from "../api/types";
import { plural, t } from "../i18n";
import { showTrace } from "../map/overlay";
import { h, icon, must } from "../ui/h";
import { section } from "../ui/parts";
import { boxOf, isolate } from "./data";
import { type Actions, code } from "./inspector";
import type { Store } from "./store";
import { toast } from "./toasts";

type Sight = Pick<Actions, "goTo" | "showBox">;

export interface Trace {
  /** Whether the next click on the map asks for an isolation. */
  armed: () => boolean;
  run: (network: string, kind: string, elementCode: string) => Promise<void>;
  clear: () => void;
  redraw: (map: MapView) => void;
}

/** The isolation tool: pick an element, see which valves to close and whom that cuts off. */
export function startTrace(store: Store, map: () => MapView | null, { goTo, showBox }: Sight): Trace {
  const button = must("#trace");
  let armed = false;
  let result: TraceResult | null = null;

  const arm = (on: boolean) => {
    armed = on;
    button.setAttribute("aria-pressed", String(on));
    must("#map").classList.toggle("is-tracing", on);
  };
  const clear = () => {
    result = null;
    arm(false);
    document.querySelector("#trace-result")?.remove();
    const view = map();
    if (view) showTrace(view, null);
  };
  const run = async (network: string, kind: string, elementCode: string) => {
    arm(false);
    try {
      result = await isolate(network, kind, elementCode);
    } catch (error) {
      toast("error", error instanceof Problem ? error.message : t("error.unreachable"));
      return;
    }
    const view = map();
    if (view) showTrace(view, result);
    const box = must("#inspector");
    document.querySelector("#trace-result")?.remove();
    box.hidden = false;
    box.prepend(panel(result, elementCode, goTo, clear));
    box.scrollTop = 0;
    const around = boxOf({
      type: "GeometryCollection",
      geometries: result.segment.features.map((f) => f.geometry),
    });
    if (around) showBox(around);
  };
  button.addEventListener("click", () => {
    const selected = store.selected;
    if (armed || result) clear();
    else if (selected?.what === "element") void run(selected.network, selected.kind, selected.code);
    else {
      arm(true);
      toast("info", t("trace.pick"));
    }
  });
  return { armed: () => armed, run, clear, redraw: (view) => showTrace(view, result) };
}

function panel(
  result: TraceResult,
  from: string,
  goTo: (place: [number, number], zoom?: number) => void,
  clear: () => void,
): HTMLElement {
  const valves = result.valves.map((valve) =>
    h(
      "li",
      {},
      icon("asset-valve-closed"),
      h("button", { type: "button", onclick: () => valve.place && goTo(valve.place, 18) }, code(valve.code)),
    ),
  );
  return h(
    "article",
    { class: "panel", id: "trace-result", "data-testid": "trace-result" },
    h(
      "header",
      { class: "panel-head" },
      h("div", { class: "panel-title" }, h("h2", {}, t("trace.title")), h("p", {}, code(from))),
      h("button", { class: "tool", type: "button", "aria-label": t("close"), onclick: clear }, icon("x")),
    ),
    h(
      "div",
      { class: "panel-body" },
      h(
        "div",
        { class: "series-pair" },
        figure(t("trace.to_close"), result.valves.length),
        figure(t("trace.cut_off"), result.affected),
      ),
      result.critical
        ? h(
            "p",
            { class: "flash", "data-tone": "warning" },
            icon("triangle-alert"),
            plural("trace.critical", result.critical),
          )
        : null,
      result.warnings.length
        ? h("ul", { class: "muted" }, ...result.warnings.map((w) => h("li", {}, w)))
        : null,
      valves.length
        ? section(t("trace.valves"), h("ul", { class: "valve-list" }, ...valves))
        : h("p", {}, t("trace.no_valves")),
    ),
  );
}

function figure(label: string, value: number): HTMLElement {
  return h(
    "div",
    { class: "figure" },
    h("span", { class: "figure-label" }, label),
    h("span", { class: "figure-value" }, value),
  );
}
