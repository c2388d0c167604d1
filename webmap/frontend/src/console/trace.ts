import type { Map as MapView } from "maplibre-gl";
import { Problem } from "../api/client";
import type { ElementRef, TraceResult } from "../api/types";
import { t } from "../i18n";
import { showTrace } from "../map/overlay";
import { must } from "../ui/h";
import { boxOf } from "./data";
import type { Actions } from "./inspector";
import type { Store } from "./store";
import { toast } from "./toasts";
import { askTrace, placesOf, type TraceKind, type TraceQuestion } from "./trace-ask";
import { tracePanel } from "./trace-panel";

type Sight = Pick<Actions, "goTo" | "showBox">;

export interface Trace {
  /** Whether the tool waits for an element: the next one selected, by map or by search, is taken. */
  armed: () => boolean;
  isOpen: () => boolean;
  toggle: () => void;
  run: (kind: TraceKind, network: string, place: ElementRef) => Promise<void>;
  question: () => TraceQuestion | null;
  restore: (question: TraceQuestion) => void;
  clear: () => void;
  redraw: (map: MapView) => void;
}

/** The trace tool: ask the network from one place or several, and read what it answers. */
export function startTrace(
  store: Store,
  map: () => MapView | null,
  { goTo, showBox }: Sight,
  changed: () => void,
): Trace {
  const button = must("#trace");
  const box = must("#inspector");
  let question: TraceQuestion = { kind: "isolation", network: "", places: [], skip: [] };
  let result: TraceResult | null = null;
  let open = false;
  let turn = 0;

  const armed = () => {
    const { least, most } = placesOf(question.kind);
    return open && question.places.length < most && (!result || most > least);
  };
  const draw = () => {
    const view = map();
    if (view) showTrace(view, result);
    button.setAttribute("aria-pressed", String(open));
    must("#map").classList.toggle("is-tracing", armed());
    const old = document.querySelector<HTMLElement>("#trace-panel");
    const focused = old?.contains(document.activeElement) ? document.activeElement?.id : "";
    old?.remove();
    if (open) {
      const panel = tracePanel(question, result, { ask, goTo, close: clear });
      box.prepend(panel);
      if (focused) panel.querySelector<HTMLElement>(`#${CSS.escape(focused)}`)?.focus();
    }
    box.hidden = !box.childElementCount;
    changed();
  };
  /** Take a question; run it once it has all its places. */
  const ask = async (next: TraceQuestion): Promise<void> => {
    question = next;
    result = null;
    open = true;
    turn += 1;
    const mine = turn;
    draw();
    if (question.places.length < placesOf(question.kind).least) return;
    try {
      const found = await askTrace(question);
      if (mine !== turn) return;
      result = found;
    } catch (error) {
      toast("error", error instanceof Problem ? error.message : t("error.unreachable"));
      return;
    }
    draw();
    box.scrollTop = 0;
    const around = boxOf({
      type: "GeometryCollection",
      geometries: result.features.map((feature) => feature.geometry),
    });
    if (around) showBox(around);
  };
  const take = (network: string, place: ElementRef) => {
    const { most } = placesOf(question.kind);
    const others = question.network === network ? question.places : [];
    void ask({ ...question, network, places: [...others.slice(0, most - 1), place], skip: [] });
  };
  const clear = () => {
    turn += 1;
    question = { ...question, places: [], skip: [] };
    result = null;
    open = false;
    draw();
  };
  const toggle = () => {
    if (open) return clear();
    const selected = store.selected;
    open = true;
    if (selected?.what !== "element") return draw();
    store.select(null);
    return take(selected.network, { kind: selected.kind, code: selected.code });
  };
  store.on("selection", () => {
    const selected = store.selected;
    if (!armed() || selected?.what !== "element") return;
    store.select(null);
    take(selected.network, { kind: selected.kind, code: selected.code });
  });
  button.addEventListener("click", toggle);
  return {
    armed,
    isOpen: () => open,
    toggle,
    run: (kind, network, place) => ask({ kind, network, places: [place], skip: [] }),
    question: () => (open && question.places.length ? question : null),
    restore: (asked) => void ask(asked),
    clear,
    redraw: (view) => showTrace(view, result),
  };
}
