import { age, secondsSince } from "../format";
import { loadTexts } from "../i18n";
import { setText } from "../ui/h";

const EVERY_MS = 1_000;

/** Let the ages that the server wrote (`<time data-since>`) grow while the page is open. */
export async function startAges(): Promise<void> {
  if (!document.querySelector("time[data-since]")) return;
  await loadTexts();
  const grow = () => {
    if (document.visibilityState !== "visible") return;
    for (const time of document.querySelectorAll<HTMLTimeElement>("time[data-since]"))
      setText(time, age(secondsSince(time.dateTime)));
  };
  window.setInterval(grow, EVERY_MS);
}
