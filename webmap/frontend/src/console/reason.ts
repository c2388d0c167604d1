import { t } from "../i18n";
import { h } from "../ui/h";

export interface Asked {
  reason: string;
  reasonCode: string;
  until: string | null;
}

const REASONS = ["chattering", "maintenance", "faulty", "known", "test", "other"];
const SHELVING_HOURS = [1, 4, 8, 24];

/** Ask why; for shelving also for how long. Null when the person thinks better of it. */
export function askReason(title: string, to: string): Promise<Asked | null> {
  return new Promise((resolve) => {
    const reason = h("textarea", { id: "reason", maxlength: 500 });
    const reasons = h(
      "select",
      { id: "reason-code" },
      ...REASONS.map((code) => h("option", { value: code }, t(`reason.${code}` as "reason.other"))),
    );
    const hours = h(
      "select",
      { id: "hours" },
      ...SHELVING_HOURS.map((n) => h("option", { value: n }, t("hours", { n }))),
    );
    const dialog = h(
      "dialog",
      { class: "sheet", "aria-labelledby": "reason-title" },
      h(
        "form",
        { method: "dialog", class: "panel-body" },
        h("h2", { id: "reason-title" }, t(`step.${to}` as "step.shelved")),
        h("p", { class: "muted" }, title),
        h("div", { class: "field" }, h("label", { for: "reason" }, t("reason.why")), reason),
        h("div", { class: "field" }, h("label", { for: "reason-code" }, t("reason.list")), reasons),
        to === "shelved" &&
          h("div", { class: "field" }, h("label", { for: "hours" }, t("reason.how_long")), hours),
        h(
          "div",
          { class: "button-row" },
          h("button", { class: "btn btn-primary", value: "ok" }, t("confirm")),
          h("button", { class: "btn", value: "", formnovalidate: true }, t("cancel")),
        ),
      ),
    );
    dialog.addEventListener("close", () => {
      const until =
        to === "shelved" ? new Date(Date.now() + Number(hours.value) * 3_600_000).toISOString() : null;
      const asked = { reason: reason.value.trim(), reasonCode: reasons.value, until };
      resolve(dialog.returnValue === "ok" ? asked : null);
      dialog.remove();
    });
    document.body.append(dialog);
    dialog.showModal();
  });
}
