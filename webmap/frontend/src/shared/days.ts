import { icon } from "../ui/h";

/** A calendar beside each field for a day or an instant. The field itself is written in the page's way. */
export function startDays(): void {
  for (const field of document.querySelectorAll<HTMLInputElement>("input[data-day], input[data-moment]")) {
    const calendar = document.createElement("input");
    calendar.type = "moment" in field.dataset ? "datetime-local" : "date";
    calendar.tabIndex = -1;
    calendar.setAttribute("aria-hidden", "true");
    if (!("showPicker" in calendar)) return;
    const button = document.createElement("button");
    button.type = "button";
    button.className = "day-button";
    button.setAttribute("aria-label", field.dataset["day"] ?? field.dataset["moment"] ?? "");
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
      field.value = asWritten(calendar.value);
      field.focus();
    });
  }
}

/** Turn 31/01/2026 into 2026-01-31, and 31/01/2026 14:05 into 2026-01-31T14:05; nothing where it is no day. */
export function asIso(written: string): string {
  const [, day = "", month = "", year = "", hour, minute] =
    /^(\d{1,2})[/.-](\d{1,2})[/.-](\d{4})(?: +(\d{1,2}):(\d{2}))?$/.exec(written.trim()) ?? [];
  const time = hour && `T${hour.padStart(2, "0")}:${minute}`;
  return year && `${year}-${month.padStart(2, "0")}-${day.padStart(2, "0")}${time ?? ""}`;
}

/** Turn what a calendar gives into the page's way. */
export function asWritten(iso: string): string {
  const [day = "", time] = iso.split("T");
  return [day.split("-").reverse().join("/"), time].filter(Boolean).join(" ");
}
