import { t } from "../i18n";
import { h, icon, must } from "../ui/h";
import { blank, loading, section, unread } from "../ui/parts";
import { loadElement } from "./data";
import { editElement } from "./element-edit";
import { historyFold } from "./element-history";
import { FACTS, fieldName, fieldValue } from "./element-words";
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
  const show = () =>
    loadElement(selected)
      .then((found) => {
        if (!found) {
          body.replaceChildren(blank("search-x", t("element.unknown")));
          return;
        }
        if (!["pipe", "line"].includes(selected.kind)) actions.mark(found.place);
        const edit = async () => {
          if (await editElement(selected, found.properties)) await show();
        };
        body.replaceChildren(
          facts(found.properties),
          ...sensorsHere(store, selected.code, selected.network),
          buttons(selected, found.place, actions, edit),
          historyFold(selected),
        );
      })
      .catch((error) => body.replaceChildren(unread(error)));
  void show();
  return { element };
}

function facts(properties: Record<string, unknown>): HTMLElement {
  const rows = FACTS.filter((name) => {
    const value = properties[name];
    return value !== null && value !== undefined && value !== "" && value !== false;
  }).flatMap((name) => [h("dt", {}, fieldName(name)), h("dd", {}, fieldValue(name, properties[name]))]);
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
  edit: () => void,
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
    must("#console").dataset["canEdit"] === "yes" &&
      h(
        "button",
        { class: "btn btn-sm", type: "button", "data-testid": "edit", onclick: edit },
        icon("pencil"),
        t("edit.button"),
      ),
  );
}
