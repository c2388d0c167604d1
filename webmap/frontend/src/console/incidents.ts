import type { Incident } from "../api/types";
import { age, number, secondsSince } from "../format";
import { plural, t } from "../i18n";
import { h, icon, keepList, must, setText } from "../ui/h";
import { blank, explain } from "../ui/parts";
import { loadIncidents, loadOrders } from "./data";
import type { Store } from "./store";

const QUIET_MS = 400;

/** Show the open incidents and how the day's orders stand; both are read again when the stream says they changed. */
export function startIncidents(store: Store): { changed: () => void } {
  const list = must("#incidents");
  const draw = () => {
    setText(must("#count-incidents"), String(store.incidents.length));
    keepList(
      list,
      store.incidents,
      (incident) => incident.code,
      () => createRow(store),
      (e, i) => updateRow(store, e, i),
    );
    explain(must("#incidents-blank"), store.known.incidents, store.incidents.length === 0, () =>
      blank("circle-check", t("incident.none"), t("incident.none_text")),
    );
  };
  const drawOrders = () => {
    const orders = store.orders;
    const figures = must("#orders-figures");
    setText(
      figures,
      orders ? [orders.open, orders.underWay, orders.done].map((n) => number(n)).join(" / ") : "–",
    );
    figures.title = t("orders.meaning");
  };
  store.on("incidents", draw);
  store.on("selection", draw);
  store.on("orders", drawOrders);

  draw();
  let timer = 0;
  const load = () => {
    void loadIncidents().then(
      (incidents) => {
        store.incidents = incidents;
        store.known.incidents = "yes";
        store.tell("incidents");
      },
      () => store.fail("incidents"),
    );
    void loadOrders().then(
      (orders) => {
        store.orders = orders;
        store.tell("orders");
      },
      () => undefined,
    );
  };
  load();
  return {
    changed: () => {
      window.clearTimeout(timer);
      timer = window.setTimeout(load, QUIET_MS);
    },
  };
}

function createRow(store: Store): HTMLElement {
  const item = h("li", { "data-testid": "incident-row" });
  item.append(
    h(
      "button",
      {
        class: "row",
        type: "button",
        onclick: () => store.select({ what: "incident", code: item.dataset["key"] ?? "" }),
      },
      icon("siren"),
      h("span", {}, h("span", { class: "row-title" }), h("br"), h("span", { class: "row-note" })),
      h("span", { class: "row-end" }, h("span", { class: "row-age" })),
    ),
  );
  return item;
}

function updateRow(store: Store, item: HTMLElement, incident: Incident): void {
  item.setAttribute(
    "aria-current",
    String(store.selected?.what === "incident" && store.selected.code === incident.code),
  );
  item.dataset["incident"] = String(incident.id);
  item.dataset["state"] = incident.state;
  setText(must(".row-title", item), incident.title || incident.code);
  const affected = incident.affected === null ? "" : ` · ${plural("incident.points", incident.affected)}`;
  setText(must(".row-note", item), `${incident.state_label}${affected}`);
  setText(must(".row-age", item), incident.opened_at ? age(secondsSince(incident.opened_at)) : "");
}
