import htmx from "htmx.org";
import { loadTexts, t } from "../i18n";
import { followLive, type LiveState } from "../live/stream";

const QUIET_MS = 400;

/** Keep `[data-refresh]` up to date with the live stream, without taking away what someone is typing. */
export async function startRefresh(): Promise<void> {
  const board = document.querySelector<HTMLElement>("[data-refresh]");
  if (!board) return;
  await loadTexts();
  let timer = 0;
  const refresh = () => {
    window.clearTimeout(timer);
    timer = window.setTimeout(() => (busy(board) ? refresh() : htmx.trigger(board, "refresh", {})), QUIET_MS);
  };
  const names = (board.dataset["refresh"] ?? "").split(" ");
  followLive(Object.fromEntries(names.map((name) => [name, refresh])), tell);
}

/** Someone has a menu open or the cursor in a field: wait. */
function busy(board: HTMLElement): boolean {
  const active = document.activeElement;
  const typing =
    active instanceof HTMLElement && board.contains(active) && active.matches("input, textarea, select");
  return typing || board.querySelector("details.fold[open]") !== null;
}

function tell(state: LiveState): void {
  const mark = document.querySelector<HTMLElement>("[data-live]");
  const text = mark?.querySelector("[data-live-text]");
  if (!mark || !text) return;
  mark.dataset["live"] = state;
  text.textContent = t(`live.${state}`);
}
