/** Light, dark, or as the device says. The server reads the cookie, so that a page never flashes. */
export type Theme = "light" | "dark" | "auto";

const COOKIE = "chabaka_theme";
const listeners = new Set<() => void>();

/** Return the theme in force now. */
export function currentTheme(): "light" | "dark" {
  const set = document.documentElement.dataset["theme"];
  if (set === "light" || set === "dark") return set;
  return matchMedia("(prefers-color-scheme: dark)").matches ? "dark" : "light";
}

/** Call `listener` whenever the theme changes; canvases (map, plots) redraw with it. */
export function onThemeChange(listener: () => void): void {
  listeners.add(listener);
}

function remember(theme: Theme): void {
  const secure = location.protocol === "https:" ? "; Secure" : "";
  // biome-ignore lint/suspicious/noDocumentCookie: the server must read it on the next request
  document.cookie = `${COOKIE}=${theme}; path=/; max-age=31536000; SameSite=Lax${secure}`;
}

function apply(theme: Theme): void {
  if (theme === "auto") delete document.documentElement.dataset["theme"];
  else document.documentElement.dataset["theme"] = theme;
  for (const button of document.querySelectorAll<HTMLElement>("[data-theme-choice]")) {
    button.setAttribute("aria-pressed", String(button.dataset["themeChoice"] === theme));
  }
  for (const listener of listeners) listener();
}

/** Make the theme buttons work in place; without JavaScript their form posts the same choice. */
export function startThemeSwitch(): void {
  document.addEventListener("click", (event) => {
    const button = (event.target as Element).closest<HTMLElement>("[data-theme-choice]");
    if (!button) return;
    event.preventDefault();
    const theme = button.dataset["themeChoice"] as Theme;
    remember(theme);
    apply(theme);
    button.closest("details")?.removeAttribute("open");
  });
  matchMedia("(prefers-color-scheme: dark)").addEventListener("change", () => {
    for (const listener of listeners) listener();
  });
}
