/** Close header menus (`<details class="fold">`) on Escape and on a click elsewhere. */
export function startFolds(): void {
  const open = () => document.querySelectorAll<HTMLDetailsElement>("details.fold[open]");
  document.addEventListener("click", (event) => {
    for (const fold of open()) if (!fold.contains(event.target as Node)) fold.open = false;
  });
  document.addEventListener("keydown", (event) => {
    if (event.key !== "Escape") return;
    for (const fold of open()) {
      fold.open = false;
      fold.querySelector("summary")?.focus();
    }
  });
}
