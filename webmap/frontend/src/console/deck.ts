import { must } from "../ui/h";
import type { View } from "./view";

/** The tabs of the lists, and on a phone the sheet they lie on. */
export function startDeck(tab: View["tab"], changed: () => void): { tab: () => View["tab"] } {
  const tabs = [...document.querySelectorAll<HTMLElement>("[data-tab]")];
  const deck = must("#deck");
  const grip = must("#deck-grip");
  let current = tab;
  const show = () => {
    for (const button of tabs) {
      const here = button.dataset["tab"] === current;
      button.setAttribute("aria-selected", String(here));
      button.tabIndex = here ? 0 : -1;
      must(`#list-${button.dataset["tab"]}`).hidden = !here;
    }
  };
  for (const button of tabs) {
    button.addEventListener("click", () => {
      current = button.dataset["tab"] as View["tab"];
      show();
      changed();
    });
    button.addEventListener("keydown", (event) => {
      if (event.key !== "ArrowLeft" && event.key !== "ArrowRight") return;
      const other = tabs[(tabs.indexOf(button) + 1) % tabs.length];
      other?.focus();
      other?.click();
    });
  }
  grip.addEventListener("click", () => {
    const open = deck.toggleAttribute("data-open");
    grip.setAttribute("aria-expanded", String(open));
  });
  show();
  return { tab: () => current };
}
