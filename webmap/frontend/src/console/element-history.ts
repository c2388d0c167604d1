import { get } from "../api/client";
import { when } from "../format";
import { t } from "../i18n";
import { h, icon } from "../ui/h";
import { loading } from "../ui/parts";
import { elementAddress, type Named } from "./data";
import { fieldName, fieldValue } from "./element-words";

interface Difference {
  field: string;
  before: unknown;
  after: unknown;
}

interface Change {
  id: number;
  at: string;
  by: string | null;
  import_file: string | null;
  correction_id: number | null;
  what: "edited" | "removed" | "restored";
  differences: Difference[];
}

interface Page {
  results: Change[];
  next: string | null;
}

/** What was changed of an element, by whom and when: read when it is unfolded. */
export function historyFold(named: Named): HTMLElement {
  const list = h("ol", { class: "changes" });
  const note = h("div", { role: "status" });
  const fold = h(
    "details",
    { class: "panel-fold", "data-testid": "element-history" },
    h("summary", {}, icon("history"), t("history.title")),
    list,
    note,
  );
  const read = async (address: string): Promise<void> => {
    note.replaceChildren(loading());
    try {
      const page = await get<Page>(address);
      list.append(...page.results.map(row));
      note.replaceChildren(...below(page, list, read));
    } catch {
      note.replaceChildren(h("p", { class: "muted" }, t("error.load")));
    }
  };
  fold.addEventListener("toggle", () => {
    if (!fold.open) return;
    list.replaceChildren();
    void read(elementAddress(named, "history/"));
  });
  return fold;
}

function below(page: Page, list: HTMLElement, read: (address: string) => Promise<void>): Node[] {
  if (!list.children.length) return [h("p", { class: "muted" }, t("history.none"))];
  const next = page.next;
  if (!next) return [];
  const { pathname, search } = new URL(next, location.origin);
  const more = h("button", { class: "btn btn-sm", type: "button" }, t("history.earlier"));
  more.addEventListener("click", () => void read(pathname + search));
  return [more];
}

function row(change: Change): HTMLElement {
  return h(
    "li",
    {},
    h("p", { class: "change-who" }, h("time", { datetime: change.at }, when(change.at)), ` · ${who(change)}`),
    change.what === "edited" ? null : h("p", {}, t(`history.${change.what}`)),
    ...change.differences.map((one) => h("p", {}, sentence(one))),
  );
}

function who(change: Change): string {
  const by = change.by ?? t("history.platform");
  if (change.import_file) return t("history.import", { file: change.import_file, by });
  return change.correction_id ? t("history.correction", { by }) : by;
}

function sentence({ field, before, after }: Difference): string {
  if (field === "moved_m") return t("history.moved", { by: fieldValue(field, after) });
  return t("history.changed", {
    field: fieldName(field),
    before: fieldValue(field, before),
    after: fieldValue(field, after),
  });
}
