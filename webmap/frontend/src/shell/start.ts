import { startFolds } from "./folds";
import { startForms } from "./forms";
import { startThemeSwitch } from "./theme";

/** What every face does: theme, menus, forms sent once. */
export function startShell(): void {
  document.documentElement.classList.replace("no-js", "js");
  startThemeSwitch();
  startFolds();
  startForms();
}
