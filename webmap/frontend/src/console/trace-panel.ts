import type { LonLat, TraceResult } from "../api/types";
import { type Key, t } from "../i18n";
import { h, icon } from "../ui/h";
import { code } from "./inspector";
import { kindName } from "./panel-zone";
import { placesOf, TRACE_KINDS, type TraceKind, type TraceQuestion } from "./trace-ask";
import { traceResult } from "./trace-result";

export interface TraceActions {
  ask: (question: TraceQuestion) => Promise<void>;
  goTo: (place: LonLat, zoom?: number) => void;
  close: () => void;
}

/** The tool as a panel: what is asked, in a sentence what that means, from where, and what was found. */
export function tracePanel(
  question: TraceQuestion,
  result: TraceResult | null,
  actions: TraceActions,
): HTMLElement {
  const waits = question.places.length < placesOf(question.kind).least;
  return h(
    "article",
    { class: "panel", id: "trace-panel", "data-testid": "trace-panel" },
    h(
      "header",
      { class: "panel-head" },
      h("div", { class: "panel-title" }, h("h2", {}, t("trace.title"))),
      h(
        "button",
        { class: "tool", type: "button", "aria-label": t("close"), onclick: actions.close },
        icon("x"),
      ),
    ),
    h(
      "div",
      { class: "panel-body" },
      kinds(question, actions),
      places(question, actions),
      waits || result ? null : h("p", { class: "muted", role: "status" }, t("trace.running")),
      result ? traceResult(question, result, actions) : null,
    ),
  );
}

/** Choose what to ask; another kind keeps the places it can use. */
function kinds(question: TraceQuestion, { ask }: TraceActions): HTMLElement {
  const choice = h(
    "select",
    { id: "trace-kind", "data-testid": "trace-kind", "aria-describedby": "trace-kind-says" },
    ...TRACE_KINDS.map((kind) =>
      h("option", { value: kind, selected: kind === question.kind }, t(`trace.kind.${kind}` as Key)),
    ),
  );
  choice.addEventListener("change", () => {
    const kind = choice.value as TraceKind;
    void ask({ ...question, kind, places: question.places.slice(0, placesOf(kind).most), skip: [] });
  });
  return h(
    "div",
    { class: "field" },
    h("label", { for: "trace-kind" }, t("trace.ask")),
    choice,
    h("p", { class: "muted", id: "trace-kind-says" }, t(`trace.says.${question.kind}` as Key)),
  );
}

/** The places asked from, each of which can be taken away, and what is still to be picked. */
function places(question: TraceQuestion, { ask }: TraceActions): HTMLElement {
  const { least, most } = placesOf(question.kind);
  const without = (at: number) => question.places.filter((_, index) => index !== at);
  const rows = question.places.map((place, at) =>
    h(
      "li",
      {},
      h("span", { class: "trace-role" }, roleOf(question, at)),
      h("span", { class: "trace-place" }, `${kindName(place.kind)} `, code(place.code)),
      h(
        "button",
        {
          class: "tool",
          type: "button",
          "aria-label": t("trace.remove", { code: place.code }),
          onclick: () => void ask({ ...question, places: without(at), skip: [] }),
        },
        icon("x"),
      ),
    ),
  );
  const more = question.places.length < least || (most > least && question.places.length < most);
  return h(
    "div",
    { class: "trace-places" },
    h("ul", {}, ...rows),
    more ? h("p", { class: "trace-pick", role: "status" }, icon("crosshair"), pick(question)) : null,
  );
}

function roleOf(question: TraceQuestion, at: number): string {
  if (question.kind === "shortest-path") return t(at ? "trace.to" : "trace.from");
  return question.kind === "common-upstream" ? t("trace.place", { n: at + 1 }) : t("trace.from");
}

function pick(question: TraceQuestion): string {
  if (!question.places.length) return t("trace.pick");
  return t(question.kind === "shortest-path" ? "trace.pick_to" : "trace.pick_more");
}
