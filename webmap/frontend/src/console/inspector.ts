import { t } from "../i18n";
import { h, icon, must } from "../ui/h";
import { devicePanel } from "./panel-device";
import { elementPanel } from "./panel-element";
import { incidentPanel } from "./panel-incident";
import { sensorPanel } from "./panel-sensor";
import { zonePanel } from "./panel-zone";
import type { Store } from "./store";
import type { Selection } from "./view";

/** What a panel can ask of the rest of the page. */
export interface Actions {
  goTo: (place: [number, number], zoom?: number) => void;
  showBox: (box: [number, number, number, number]) => void;
  /** Ring a place on the map. */
  mark: (place: [number, number] | null) => void;
  /** Ask which valves cut an element off. */
  isolate: (network: string, kind: string, code: string) => void;
  /** Lay a sensor beside others. */
  toTrend: (sensor: string) => void;
}

/** A panel: its element, and what to do when it is taken away. */
export interface Panel {
  element: HTMLElement;
  stop?: () => void;
}

/** Show what is selected in the floating panel at the end of the screen. */
export function startInspector(store: Store, actions: Actions): void {
  const box = must("#inspector");
  let shown = "";
  let panel: Panel | null = null;
  let cameFrom: HTMLElement | null = null;
  const draw = () => {
    const key = JSON.stringify(store.selected);
    if (key === shown) return;
    shown = key;
    const held = document.activeElement;
    const isHere = box.contains(held);
    panel?.stop?.();
    panel = store.selected ? make(store, store.selected, actions) : null;
    // What the trace tool found stays, below what is selected.
    const trace = box.querySelector("#trace-panel");
    const shownHere = [panel?.element, trace].filter((one) => one !== null && one !== undefined);
    box.hidden = !shownHere.length;
    box.replaceChildren(...shownHere);
    box.scrollTop = 0;
    // Who selects by the keyboard goes on in the panel, and back to where they were once it is put away.
    if (!panel && isHere) cameFrom?.focus();
    if (!panel) cameFrom = null;
    else if (isHere) panel.element.focus();
    else if (held instanceof HTMLElement && held.matches("button:focus-visible")) {
      cameFrom = held;
      panel.element.focus();
    }
  };
  store.on("selection", draw);
  draw();
}

function make(store: Store, selected: Selection, actions: Actions): Panel {
  switch (selected.what) {
    case "sensor":
      return sensorPanel(store, selected.code, actions);
    case "zone":
      return zonePanel(store, selected.code, actions);
    case "device":
      return devicePanel(store, selected.code, actions);
    case "incident":
      return incidentPanel(store, selected.code, actions);
    case "element":
      return elementPanel(store, selected, actions);
  }
}

/** The frame of a panel: what it is, how to put it away. */
export function frame(
  store: Store,
  title: string,
  subtitle: Node | string,
  body: HTMLElement,
  extra: Record<string, string> = {},
): HTMLElement {
  return h(
    "article",
    { class: "panel", tabindex: "-1", ...extra },
    h(
      "header",
      { class: "panel-head" },
      h("div", { class: "panel-title" }, h("h2", {}, title), h("p", {}, subtitle)),
      h(
        "button",
        { class: "tool", type: "button", "aria-label": t("close"), onclick: () => store.select(null) },
        icon("x"),
      ),
    ),
    body,
  );
}

/** A code stays left to right in every language. */
export function code(text: string): HTMLElement {
  return h("bdi", { class: "mono", dir: "ltr" }, text);
}
