import { comparedDays } from "../charts/compared";
import { loadTexts } from "../i18n";

interface Days {
  unit: string;
  tone: string;
  days: string[];
  values: (number | null)[];
  before: (number | null)[] | null;
}

/** Draw each `[data-plot]` from the JSON beside it; the table under it says the same without scripts. */
export async function startPlots(): Promise<void> {
  await loadTexts();
  for (const box of document.querySelectorAll<HTMLElement>("[data-plot]")) {
    const source = document.getElementById(box.dataset["plot"] ?? "");
    if (!source?.textContent) continue;
    const read = JSON.parse(source.textContent) as Days;
    const days = read.days.map((day) => new Date(`${day}T12:00:00Z`));
    box.hidden = false;
    comparedDays(box, days, read.values, read.before, read.unit, read.tone);
  }
}
