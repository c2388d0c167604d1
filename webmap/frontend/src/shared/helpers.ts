/** Buttons that only work with scripts appear with them: print, copy. The tab of the page is seen on a phone too. */
export function startHelpers(): void {
  document.querySelector(".tabs [aria-current]")?.scrollIntoView({ block: "nearest", inline: "center" });
  for (const button of document.querySelectorAll<HTMLButtonElement>("[data-print]")) {
    button.hidden = false;
    button.addEventListener("click", () => window.print());
  }
  for (const button of document.querySelectorAll<HTMLButtonElement>("[data-copy]")) {
    if (!navigator.clipboard) continue;
    button.hidden = false;
    button.addEventListener("click", async () => {
      await navigator.clipboard.writeText(button.dataset["copy"] ?? "");
      button.setAttribute("aria-pressed", "true");
    });
  }
  for (const all of document.querySelectorAll<HTMLInputElement>("[data-tick-all]")) {
    all.addEventListener("change", () => tickAll(all));
  }
}

/** One box ticks those of its form. */
function tickAll(all: HTMLInputElement): void {
  for (const box of all.form?.elements ?? []) {
    if (box instanceof HTMLInputElement && box.name === "ids") box.checked = all.checked;
  }
}
