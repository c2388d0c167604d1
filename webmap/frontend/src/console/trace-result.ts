import type { ElementRef, TraceResult } from "../api/types";
import { type Key, plural, t } from "../i18n";
import { h, icon } from "../ui/h";
import { section } from "../ui/parts";
import { code } from "./inspector";
import { kindName } from "./panel-zone";
import type { TraceQuestion } from "./trace-ask";
import type { TraceActions } from "./trace-panel";

const MOST_CUSTOMERS = 40;
const MOST_ELEMENTS = 200;
const SWATCHES = ["isolated", "cut_off", "traced", "segment", "beside", "stale"] as const;

/** What was found: first in words, then what to beware of, what to operate, who is affected, and the whole list. */
export function traceResult(
  question: TraceQuestion,
  result: TraceResult,
  actions: TraceActions,
): HTMLElement {
  return h(
    "div",
    { class: "trace-result", "data-testid": "trace-result" },
    h(
      "div",
      { class: "trace-says", "data-testid": "trace-says", role: "status" },
      ...result.explanation.map((sentence) => h("p", { dir: "auto" }, sentence)),
    ),
    ...result.warnings.map((sentence) =>
      h("p", { class: "flash", "data-tone": "warning" }, icon("triangle-alert"), h("span", {}, sentence)),
    ),
    legend(result),
    valves(question, result, actions),
    skipped(question, actions),
    customers(result, actions),
    elements(result),
  );
}

/** The lines of the map, each with its word: only those that are there. */
function legend(result: TraceResult): HTMLElement | null {
  const roles = new Set(result.features.map((feature) => String(feature.properties?.["role"])));
  const shown = SWATCHES.filter((role) => roles.has(role));
  if (shown.length < 2) return null;
  return h(
    "ul",
    { class: "trace-legend" },
    ...shown.map((role) =>
      h("li", {}, h("span", { class: "trace-swatch", "data-role": role }), t(`trace.role.${role}` as Key)),
    ),
  );
}

function valves(question: TraceQuestion, result: TraceResult, actions: TraceActions): HTMLElement | null {
  const operated = result.valves.filter((valve) => valve.role !== "already_closed");
  const already = result.valves.filter((valve) => valve.role === "already_closed");
  if (!result.valves.length) return null;
  const skip = (valve: ElementRef) =>
    void actions.ask({ ...question, skip: [...question.skip, { kind: valve.kind, code: valve.code }] });
  const rows = operated.map((valve) =>
    h(
      "li",
      {},
      icon(valve.kind === "switch" ? "asset-switch-open" : "asset-valve-closed"),
      h(
        "button",
        { type: "button", onclick: () => valve.place && actions.goTo(valve.place, 18) },
        code(valve.code),
      ),
      valve.feeds ? h("span", { class: "trace-note" }, t("trace.feeds")) : null,
      question.kind === "isolation"
        ? h(
            "button",
            {
              class: "trace-skip",
              type: "button",
              "aria-label": t("trace.skip_one", { code: valve.code }),
              onclick: () => skip(valve),
            },
            t("trace.skip"),
          )
        : null,
    ),
  );
  const title = question.kind === "isolation" ? t("trace.valves") : t("trace.boundary");
  return h(
    "div",
    {},
    rows.length ? section(title, h("ul", { class: "valve-list" }, ...rows)) : null,
    already.length
      ? h(
          "p",
          { class: "muted" },
          t("trace.already"),
          ...already.flatMap((valve, at) => [at ? ", " : " ", code(valve.code)]),
        )
      : null,
  );
}

/** Those said to be unusable, each of which can be taken back. */
function skipped(question: TraceQuestion, { ask }: TraceActions): HTMLElement | null {
  if (!question.skip.length) return null;
  const rows = question.skip.map((valve) =>
    h(
      "li",
      {},
      icon("ban"),
      code(valve.code),
      h(
        "button",
        {
          class: "trace-skip",
          type: "button",
          "aria-label": t("trace.unskip_one", { code: valve.code }),
          onclick: () => void ask({ ...question, skip: question.skip.filter((one) => one !== valve) }),
        },
        t("trace.unskip"),
      ),
    ),
  );
  return section(t("trace.skipped"), h("ul", { class: "valve-list" }, ...rows));
}

/** Who is affected: those in danger first. */
function customers(result: TraceResult, { goTo }: TraceActions): HTMLElement | null {
  if (!result.points.length) return null;
  const shown = result.points.slice(0, MOST_CUSTOMERS);
  const rows = shown.map((point) =>
    h(
      "li",
      { "data-critical": point.critical_kind !== "" },
      point.critical_kind ? icon("triangle-alert") : null,
      h("button", { type: "button", onclick: () => point.place && goTo(point.place, 18) }, code(point.code)),
      point.critical_kind ? h("strong", {}, criticalName(point.critical_kind)) : null,
      point.address ? h("span", { class: "muted", dir: "auto" }, point.address) : null,
    ),
  );
  const more = (result.affected ?? result.points.length) - shown.length;
  return section(
    t("trace.customers"),
    h("ul", { class: "valve-list trace-customers" }, ...rows),
    more > 0 ? h("p", { class: "muted" }, plural("trace.more", more)) : null,
  );
}

function criticalName(kind: string): string {
  const known = ["hospital", "dialysis", "school"].includes(kind);
  return known ? t(`critical.${kind}` as Key) : kind;
}

/** Every link found, as a list: what the map shows in lines. */
function elements(result: TraceResult): HTMLElement | null {
  if (!result.elements.length) return null;
  const shown = result.elements.slice(0, MOST_ELEMENTS);
  const more = result.elements.length - shown.length;
  return h(
    "details",
    { class: "panel-fold" },
    h("summary", {}, icon("chevron-down"), plural("trace.elements", result.elements.length)),
    h(
      "ul",
      { class: "valve-list" },
      ...shown.map((one) =>
        h("li", {}, h("span", { class: "muted" }, kindName(one.kind)), code(one.code), roleNote(one.role)),
      ),
    ),
    more > 0 ? h("p", { class: "muted" }, plural("trace.more", more)) : null,
  );
}

function roleNote(role: string): HTMLElement | null {
  return role === "cut_off" || role === "beside"
    ? h("span", { class: "trace-note" }, t(`trace.role.${role}` as Key))
    : null;
}
