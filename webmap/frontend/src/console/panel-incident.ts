import { when } from "../format";
import { plural, t } from "../i18n";
import { h, icon } from "../ui/h";
import { blank } from "../ui/parts";
import { type Actions, code, frame, type Panel } from "./inspector";
import type { Store } from "./store";

/** An incident in short; its whole story is on the dispatch page. */
export function incidentPanel(store: Store, incidentCode: string, actions: Actions): Panel {
  const incident = store.incidents.find((i) => i.code === incidentCode);
  const body = h("div", { class: "panel-body" });
  if (!incident) {
    body.append(blank("search-x", t("incident.unknown")));
    return { element: frame(store, incidentCode, "", body) };
  }
  const rows: [string, string][] = [
    [t("incident.state"), incident.state_label],
    [t("incident.where"), incident.group_label],
    [t("incident.affected"), incident.affected === null ? "–" : plural("incident.points", incident.affected)],
    [
      t("incident.evidence"),
      `${plural("incident.reports", incident.reports)} · ${plural("incident.alarms", incident.alarms)}`,
    ],
  ];
  if (incident.opened_at) rows.push([t("incident.opened"), when(incident.opened_at)]);
  rows.push([
    t("incident.expected"),
    incident.expected_at ? when(incident.expected_at) : t("incident.not_told"),
  ]);
  const place = incident.place;
  body.append(
    h(
      "dl",
      { class: "facts" },
      ...rows.flatMap(([label, value]) => [h("dt", {}, label), h("dd", {}, value)]),
    ),
    h(
      "div",
      { class: "button-row mt-0" },
      h(
        "a",
        { class: "btn btn-sm btn-primary", href: `/dispatch/?incident=${incident.id}` },
        t("incident.dispatch"),
        icon("arrow-up-right", "icon-directional"),
      ),
      place &&
        h(
          "button",
          { class: "btn btn-sm", type: "button", onclick: () => actions.goTo(place, 16) },
          t("show_on_map"),
        ),
    ),
  );
  return {
    element: frame(store, incident.title || incident.code, code(incident.code), body, {
      "data-testid": "incident-panel",
    }),
  };
}
