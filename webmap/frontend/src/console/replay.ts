import type { Alarm, Latest } from "../api/types";
import { when } from "../format";
import { t } from "../i18n";
import { h, icon, must, setText } from "../ui/h";
import { loadPast, type Past } from "./data";
import type { Store } from "./store";

const HOUR_MS = 3_600_000;
const SPANS_H = [6, 24, 168, 720];
const STEPS = 288;
const PLAY_MS = 700;
const SETTLE_MS = 120;

export interface Replay {
  restore: (at: number) => void;
  isOpen: () => boolean;
  close: () => void;
}

/** A slider that moves the map and the values back in time. The list of alarms stays with the present. */
export function startReplay(store: Store, changed: () => void): Replay {
  const bar = must("#replay-bar");
  const button = must("#replay");
  let hours = 24;
  let end = Date.now();
  let due = 0;
  let playing = 0;
  let asked = new AbortController();

  const slider = h("input", {
    type: "range",
    min: "0",
    max: String(STEPS),
    step: "1",
    "aria-label": t("replay.instant"),
    "data-testid": "replay-slider",
  });
  const label = h("output", { class: "replay-at", role: "status", "data-testid": "replay-at" });
  const length = h(
    "select",
    { class: "select select-sm", "aria-label": t("replay.span") },
    ...SPANS_H.map((n) =>
      h("option", { value: n, selected: n === hours }, t(`replay.span_${n}` as "replay.span_24")),
    ),
  );
  const play = h("button", { class: "tool", type: "button", "aria-pressed": "false" }, icon("play"));
  play.setAttribute("aria-label", t("replay.play"));
  const leave = h(
    "button",
    { class: "btn btn-sm btn-primary", type: "button", "data-testid": "replay-leave" },
    t("replay.leave"),
  );
  const note = h("p", { class: "replay-note" }, t("replay.note"));
  bar.append(h("div", { class: "replay-row" }, play, slider, label, length, leave), note);

  const instant = () => end - hours * HOUR_MS * (1 - Number(slider.value) / STEPS);
  const tell = (words: string) => {
    setText(label, words);
    slider.setAttribute("aria-valuetext", words);
  };
  const show = async () => {
    const at = instant();
    asked.abort();
    asked = new AbortController();
    tell(when(new Date(at)));
    try {
      const past = await loadPast(new Date(at), asked.signal);
      if (bar.hidden) return;
      store.lookBack(at, valuesOf(past), alarmsOf(past, store));
      bar.dataset["shown"] = new Date(at).toISOString();
      changed();
    } catch (error) {
      if (!(error instanceof DOMException)) tell(t("error.load"));
    }
  };
  const soon = () => {
    window.clearTimeout(due);
    tell(when(new Date(instant())));
    due = window.setTimeout(() => void show(), SETTLE_MS);
  };
  const stop = () => {
    window.clearInterval(playing);
    playing = 0;
    play.setAttribute("aria-pressed", "false");
  };
  const step = () => {
    if (Number(slider.value) >= STEPS) stop();
    else {
      slider.value = String(Number(slider.value) + 1);
      void show();
    }
  };
  const open = (at: number | null) => {
    end = Date.now();
    while (at !== null && end - at > hours * HOUR_MS && hours !== SPANS_H.at(-1))
      hours = SPANS_H[SPANS_H.indexOf(hours) + 1] ?? hours;
    length.value = String(hours);
    const back = at === null ? 1 / 24 : Math.min((end - at) / (hours * HOUR_MS), 1);
    slider.value = String(Math.round(STEPS * (1 - back)));
    bar.hidden = false;
    button.setAttribute("aria-pressed", "true");
    document.body.dataset["past"] = "yes";
    void show();
  };
  const close = () => {
    stop();
    asked.abort();
    window.clearTimeout(due);
    bar.hidden = true;
    button.setAttribute("aria-pressed", "false");
    delete document.body.dataset["past"];
    if (store.past !== null) store.lookAhead();
    changed();
  };
  slider.addEventListener("input", () => {
    stop();
    soon();
  });
  length.addEventListener("change", () => {
    const at = instant();
    hours = Number(length.value);
    slider.value = String(Math.max(0, Math.round(STEPS * (1 - (end - at) / (hours * HOUR_MS)))));
    soon();
  });
  play.addEventListener("click", () => {
    if (playing) return stop();
    play.setAttribute("aria-pressed", "true");
    playing = window.setInterval(step, PLAY_MS);
  });
  leave.addEventListener("click", close);
  button.addEventListener("click", () => (bar.hidden ? open(null) : close()));
  return { restore: open, isOpen: () => !bar.hidden, close };
}

function valuesOf(past: Past): Map<number, Latest> {
  return new Map(
    past.results.map((row) => [
      row.sensor_id,
      { value: row.value, at: row.at, quality: row.stale ? 500 : row.quality },
    ]),
  );
}

/** Of an alarm of the past the map needs its place, its urgency, and whether someone had taken note. */
function alarmsOf(past: Past, store: Store): Alarm[] {
  return past.alarms.flatMap((row) => {
    const sensor = store.byId.get(row.sensor_id);
    return sensor ? [{ ...row, sensor: sensor.code, place: sensor.place } as Alarm] : [];
  });
}
