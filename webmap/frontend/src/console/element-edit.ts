import { Problem, patch } from "../api/client";
import { when } from "../format";
import { type Key, t } from "../i18n";
import { h } from "../ui/h";
import { elementAddress, type Named } from "./data";
import { fieldLabel, fieldName, fieldValue } from "./element-words";

type Properties = Record<string, unknown>;
type Values = Record<string, unknown>;

const DEVICES = ["valve", "switch", "pump", "prv", "control_valve"];
const LENGTHS = ["pipe", "line"];
const CATEGORIES = ["residential", "household", "commercial", "industrial", "public"];

/** Edit an element in a dialog, against the version shown; true once it is saved. */
export function editElement(named: Named, shown: Properties): Promise<boolean> {
  return new Promise((resolve) => {
    const dialog = h("dialog", {
      class: "sheet",
      "aria-labelledby": "edit-title",
      "data-testid": "edit-element",
    });
    let saved = false;
    const done = () => {
      saved = true;
      dialog.close();
    };
    dialog.addEventListener("close", () => {
      resolve(saved);
      dialog.remove();
    });
    dialog.append(form(named, shown, dialog, done));
    document.body.append(dialog);
    dialog.showModal();
  });
}

function form(named: Named, shown: Properties, dialog: HTMLDialogElement, done: () => void): HTMLFormElement {
  const fields = fieldsOf(named.kind, shown);
  const problem = h("p", { class: "field-error", role: "alert", hidden: true });
  const save = h("button", { class: "btn btn-primary", type: "submit" }, t("edit.save"));
  const element = h(
    "form",
    { class: "panel-body", "data-repeatable": true },
    h("h2", { id: "edit-title" }, t("edit.title", { code: named.code })),
    ...fields.map(({ name, control }) =>
      h("div", { class: "field" }, h("label", { for: control.id }, fieldLabel(name)), control),
    ),
    problem,
    buttons(save, dialog),
  );
  element.addEventListener("submit", async (event) => {
    event.preventDefault();
    const changes = Object.fromEntries(
      fields
        .map(({ name, control }) => [name, read(name, control)] as const)
        .filter(([name, value]) => value !== (shown[name] ?? null)),
    );
    if (!Object.keys(changes).length) {
      dialog.close();
      return;
    }
    save.disabled = true;
    try {
      await patch(elementAddress(named), changes, Number(shown["version"]));
      done();
    } catch (error) {
      save.disabled = false;
      if (error instanceof Problem && error.status === 412) {
        dialog.replaceChildren(conflict(named, changes, shown, error.body, dialog, done));
        return;
      }
      problem.hidden = false;
      problem.textContent = told(error);
    }
  });
  return element;
}

/** Both versions, field by field; the editor chooses which stands. */
function conflict(
  named: Named,
  yours: Values,
  began: Properties,
  answer: Record<string, unknown>,
  dialog: HTMLDialogElement,
  done: () => void,
): HTMLFormElement {
  const current = (answer["current"] as { properties: Properties }).properties;
  const who = String(answer["by"] ?? t("history.platform"));
  const at = answer["at"] ? when(String(answer["at"])) : "";
  const fields = Object.keys(yours);
  const save = h("button", { class: "btn btn-primary", type: "submit" }, t("edit.save_choice"));
  const problem = h("p", { class: "field-error", role: "alert", hidden: true });
  const element = h(
    "form",
    { class: "panel-body", "data-testid": "edit-conflict", "data-repeatable": true },
    h("h2", { id: "edit-title" }, t("edit.conflict")),
    h("p", { class: "muted" }, t("edit.conflict_text", { who, at })),
    ...fields.map((name) => choice(name, began[name], current[name], yours[name])),
    problem,
    buttons(save, dialog),
  );
  element.addEventListener("submit", async (event) => {
    event.preventDefault();
    const chosen = new FormData(element);
    const kept = Object.fromEntries(
      fields.filter((f) => chosen.get(f) === "yours").map((f) => [f, yours[f]]),
    );
    try {
      if (Object.keys(kept).length) await patch(elementAddress(named), kept, Number(answer["version"]));
      done();
    } catch (error) {
      if (error instanceof Problem && error.status === 412) {
        dialog.replaceChildren(conflict(named, kept, current, error.body, dialog, done));
        return;
      }
      problem.hidden = false;
      problem.textContent = told(error);
    }
  });
  return element;
}

function choice(name: string, before: unknown, theirs: unknown, yours: unknown): HTMLElement {
  const option = (value: string, label: Key, shown: unknown, checked: boolean) =>
    h(
      "label",
      { class: "choice-line" },
      h("input", { type: "radio", name, value, checked }),
      h("span", {}, t(label, { value: fieldValue(name, shown) })),
    );
  const touched = theirs !== before;
  return h(
    "fieldset",
    { class: "field" },
    h("legend", {}, fieldName(name)),
    h("p", { class: "muted" }, t("edit.began", { value: fieldValue(name, before) })),
    option("theirs", touched ? "edit.theirs" : "edit.unchanged", theirs, touched),
    option("yours", "edit.yours", yours, !touched),
  );
}

function buttons(save: HTMLElement, dialog: HTMLDialogElement): HTMLElement {
  const cancel = h("button", { class: "btn", type: "button", onclick: () => dialog.close() }, t("cancel"));
  return h("div", { class: "button-row" }, save, cancel);
}

function told(error: unknown): string {
  if (!(error instanceof Problem)) return t("error.unreachable");
  const errors = error.body["errors"] as Record<string, string[]> | undefined;
  const first = Object.entries(errors ?? {})[0];
  return first?.[1]?.[0] ? `${fieldName(first[0])} : ${first[1][0]}` : error.message;
}

type Control = HTMLInputElement | HTMLSelectElement;

function fieldsOf(kind: string, shown: Properties): { name: string; control: Control }[] {
  return names(kind).map((name) => ({ name, control: control(name, shown[name]) }));
}

function names(kind: string): string[] {
  if (kind === "connection_point") return ["address", "category", "critical_kind"];
  if (DEVICES.includes(kind)) return ["state", "operable", "diameter_mm"];
  if (LENGTHS.includes(kind)) return ["diameter_mm", "length_m"];
  return kind === "transformer" ? ["operable"] : ["elevation_m"];
}

function control(name: string, value: unknown): Control {
  const id = `edit-${name}`;
  const options: Record<string, [string, string][]> = {
    state: ["open", "closed", "active"].map((state) => [state, t(`state.${state}` as Key)]),
    operable: [
      ["true", t("yes")],
      ["false", t("no")],
    ],
    category: CATEGORIES.map((category) => [category, t(`category.${category}` as Key)]),
  };
  const offered = options[name];
  if (offered) {
    return h(
      "select",
      { id },
      ...offered.map(([v, text]) => h("option", { value: v, selected: v === String(value) }, text)),
    );
  }
  const text = name === "address" || name === "critical_kind";
  const shown = value === null || value === undefined ? "" : String(value);
  return h("input", {
    id,
    value: shown,
    type: text ? "text" : "number",
    step: text ? null : "any",
    min: text || name === "elevation_m" ? null : 0,
    maxlength: name === "address" ? 200 : text ? 20 : null,
    dir: text ? "auto" : "ltr",
  });
}

function read(name: string, control: Control): unknown {
  if (name === "operable") return control.value === "true";
  if (control instanceof HTMLInputElement && control.type === "number") {
    return control.value === "" ? null : Number(control.value);
  }
  return control.value.trim();
}
