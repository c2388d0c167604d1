import { clock } from "../format";
import { t } from "../i18n";
import type { LiveState } from "../live/stream";
import { must, setText } from "../ui/h";

/** The local time, to the second. */
export function startClock(): void {
  const element = must<HTMLTimeElement>("#clock");
  const tick = () => {
    const now = new Date();
    setText(element, clock(now));
    element.dateTime = now.toISOString();
  };
  tick();
  window.setInterval(tick, 1_000);
}

/** Say how the live stream is doing; a lost line is said across the page. */
export function showLive(state: LiveState): void {
  const status = must('[data-testid="live-status"]');
  if (status.dataset["live"] === state && status.dataset["said"]) return;
  status.dataset["live"] = state;
  status.dataset["said"] = "yes";
  setText(must(".live-word", status), t(`live.${state}`));
  must("#offline").hidden = state !== "off";
}
