import { icon } from "../ui/h";

/** A calendar beside each field for a day. The field itself is written in the page's way, day first. */
export function startDays(): void {
  for (const field of document.querySelectorAll<HTMLInputElement>("input[data-day]")) {
    const calendar = document.createElement("input");
    calendar.type = "date";
    calendar.tabIndex = -1;
    calendar.setAttribute("aria-hidden", "true");
    if (!("showPicker" in calendar)) return;
    const button = document.createElement("button");
    button.type = "button";
    button.className = "day-button";
    button.setAttribute("aria-label", field.dataset["day"] ?? "");
    button.append(icon("calendar"));
    const frame = document.createElement("span");
    frame.className = "day";
    field.replaceWith(frame);
    frame.append(field, button, calendar);
    button.addEventListener("click", () => {
      calendar.value = asIso(field.value);
      calendar.showPicker();
    });
    calendar.addEventListener("change", () => {
      if (!calendar.value) return;
      field.value = calendar.value.split("-").reverse().join("/");
      field.focus();
    });
  }
}

/** Turn 31/01/2026 into 2026-01-31; nothing where it is no day. */
export function asIso(written: string): string {
  const [, day = "", month = "", year = ""] =
    /^(\d{1,2})[/.-](\d{1,2})[/.-](\d{4})$/.exec(written.trim()) ?? [];
  return year && `${year}-${month.padStart(2, "0")}-${day.padStart(2, "0")}`;
}
