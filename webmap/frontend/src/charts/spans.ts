import { age } from "../format";
import { h } from "../ui/h";

/** The lengths of time a chart offers, in hours. */
export const SPANS_H = [1, 6, 24, 168, 720, 8760];

/** Buttons to choose a length of time. */
export function spanButtons(hours: number, choose: (hours: number) => void): HTMLElement {
  const buttons = SPANS_H.map((n) =>
    h("button", { type: "button", "aria-pressed": String(n === hours), "data-hours": n }, age(n * 3600)),
  );
  const box = h("div", { class: "segmented" }, ...buttons);
  for (const button of buttons) {
    button.addEventListener("click", () => {
      for (const other of buttons) other.setAttribute("aria-pressed", String(other === button));
      choose(Number(button.dataset["hours"]));
    });
  }
  return box;
}
