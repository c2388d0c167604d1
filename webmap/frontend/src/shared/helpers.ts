/** Buttons that only work with scripts appear with them: print, copy. The tab of the page is seen on a phone too. */
export function startHelpers(): void {
  for (const tabs of document.querySelectorAll<HTMLElement>(".tabs")) showTabs(tabs);
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

/** Bring the tab of the page into sight, the page left where it is, and tell at which end of the row others hide. */
function showTabs(tabs: HTMLElement): void {
  const [row, tab] = [tabs, tabs.querySelector("[aria-current]")].map((one) => one?.getBoundingClientRect());
  if (row && tab) tabs.scrollLeft += tab.left + tab.width / 2 - row.left - row.width / 2;
  const tell = (): void => {
    const before = Math.abs(tabs.scrollLeft);
    const after = tabs.scrollWidth - tabs.clientWidth - before;
    tabs.toggleAttribute("data-before", before > 4);
    tabs.toggleAttribute("data-after", after > 4);
  };
  tell();
  tabs.addEventListener("scroll", tell, { passive: true });
  new ResizeObserver(tell).observe(tabs);
}

/** One box ticks those of its form. */
function tickAll(all: HTMLInputElement): void {
  for (const box of all.form?.elements ?? []) {
    if (box instanceof HTMLInputElement && box.name === "ids") box.checked = all.checked;
  }
}
