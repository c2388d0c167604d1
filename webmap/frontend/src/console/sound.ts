import { must } from "../ui/h";
import type { Store } from "./store";

const KEY = "chabaka_alarm_sound";

/** A short tone for a new alarm nobody has acknowledged; off until a person asks for it. */
export function startSound(store: Store): void {
  const button = must("#sound");
  let on = localStorage.getItem(KEY) === "on";
  let context: AudioContext | null = null;
  const heard = new Map<number, number>();
  const show = () => button.setAttribute("aria-pressed", String(on));
  show();
  button.addEventListener("click", () => {
    on = !on;
    localStorage.setItem(KEY, on ? "on" : "off");
    show();
    if (on) {
      context ??= new AudioContext();
      beep(context, 4);
    }
  });
  store.on("alarms", () => {
    for (const alarm of store.alarms.values()) {
      if ((heard.get(alarm.id) ?? 0) >= alarm.calls) continue;
      heard.set(alarm.id, alarm.calls);
      if (!on || alarm.state !== "active_unacknowledged" || !calledJustNow(alarm.called_at)) continue;
      context ??= new AudioContext();
      beep(context, alarm.priority);
    }
  });
}

const JUST_NOW_S = 20;

/** Whether the platform called a moment ago: a console opened or reloaded later does not play it again. */
export function calledJustNow(calledAt: string | null, now = Date.now()): boolean {
  return calledAt !== null && now - Date.parse(calledAt) < JUST_NOW_S * 1000;
}

/** Higher and longer for what is more urgent. */
function beep(context: AudioContext, priority: number): void {
  const tone = context.createOscillator();
  const gain = context.createGain();
  tone.frequency.value = [880, 740, 620, 520][priority - 1] ?? 520;
  gain.gain.setValueAtTime(0.08, context.currentTime);
  gain.gain.exponentialRampToValueAtTime(0.001, context.currentTime + (priority === 1 ? 0.6 : 0.3));
  tone.connect(gain).connect(context.destination);
  tone.start();
  tone.stop(context.currentTime + 0.6);
}
