import { Problem } from "../api/client";
import type { Alarm } from "../api/types";
import { age, isolated, quantity, secondsSince, when } from "../format";
import { t } from "../i18n";
import { h, keepList, must, priorityIcon, setText } from "../ui/h";
import { blank, explain } from "../ui/parts";
import { moveAlarm } from "./data";
import { updateGroup } from "./group-row";
import { grouped } from "./groups";
import { askReason } from "./reason";
import { isAside, type Store, sortAlarms } from "./store";
import { toast } from "./toasts";

export const ACKNOWLEDGING = ["active_acknowledged", "normal"];

/** Show the alarms that are not normal, in step with the map. */
export function startAlarmList(store: Store): void {
  const list = must("#alarms");
  const count = must("#count-alarms");
  const unfolded = new Set<number>();
  const toggle = (group: number) => {
    if (!unfolded.delete(group)) unfolded.add(group);
    draw();
  };
  const draw = () => {
    const alarms = sortAlarms(store.alarms.values());
    const isHeld = list.contains(document.activeElement);
    keepList(
      list,
      grouped(alarms, unfolded),
      (row) => String(row.alarm.id),
      () => createRow(store),
      (element, row) => {
        updateRow(store, element, row.alarm, row.priority);
        updateGroup(element, row, toggle);
      },
    );
    // The row somebody was on may be gone: the keyboard goes on from the most urgent one.
    if (isHeld && !list.contains(document.activeElement)) list.querySelector<HTMLElement>(".row")?.focus();
    const waiting = alarms.filter((alarm) => alarm.state.endsWith("unacknowledged")).length;
    setText(count, String(alarms.filter((alarm) => !isAside(alarm)).length));
    count.toggleAttribute("data-tone", false);
    if (waiting) count.dataset["tone"] = "critical";
    explain(must("#alarms-blank"), store.known.alarms, alarms.length === 0, () =>
      blank("circle-check", t("alarms.none"), t("alarms.none_text")),
    );
  };
  store.on("alarms", draw);
  store.on("selection", draw);
  draw();
  window.setInterval(draw, 5_000);
  list.addEventListener("keydown", (event) => moveFocus(event as KeyboardEvent, list));
}

function createRow(store: Store): HTMLElement {
  const item = h("li", { "data-testid": "alarm-row" });
  const row = h(
    "button",
    { class: "row", type: "button" },
    h("span", { class: "row-shape" }),
    h(
      "span",
      {},
      h("span", { class: "row-title" }),
      h("br"),
      h("span", { class: "row-note" }),
      h("span", { class: "row-state" }),
    ),
    h("span", { class: "row-end" }, h("span", { class: "row-age" })),
  );
  row.addEventListener("click", () => {
    const alarm = store.alarms.get(Number(item.dataset["key"]));
    if (alarm) store.select({ what: "sensor", code: alarm.sensor });
  });
  item.append(row);
  return item;
}

function updateRow(store: Store, item: HTMLElement, alarm: Alarm, priority: number): void {
  const called = alarm.state.endsWith("unacknowledged");
  item.dataset["alarm"] = String(alarm.id);
  item.dataset["sensor"] = alarm.sensor;
  item.dataset["state"] = alarm.state;
  item.dataset["priority"] = String(priority);
  item.classList.toggle("row-called", called);
  item.classList.toggle("row-aside", isAside(alarm));
  item.classList.toggle("row-cleared", alarm.state === "cleared_unacknowledged");
  const here = store.selected?.what === "sensor" && store.selected.code === alarm.sensor;
  item.setAttribute("aria-current", String(here));
  const shape = must(".row-shape", item);
  if (shape.dataset["priority"] !== String(priority)) {
    shape.dataset["priority"] = String(priority);
    shape.replaceChildren(priorityIcon(priority, t("alarms.priority", { n: priority })));
  }
  setText(must(".row-title", item), alarmTitle(alarm));
  setText(must(".row-note", item), alarmNote(store, alarm));
  setText(must(".row-state", item), stateWord(alarm));
  setText(must(".row-age", item), alarm.raised_at ? age(secondsSince(alarm.raised_at)) : "");
  keepAcknowledge(store, item, alarm);
}

/** Where and what: "PL-n105 · Pressure too low". */
export function alarmTitle(alarm: Alarm): string {
  const device = alarm.sensor.split(".")[0] ?? alarm.sensor;
  return `${isolated(device)} · ${alarm.title}`;
}

function alarmNote(store: Store, alarm: Alarm): string {
  const now = store.sensors.get(alarm.sensor)?.latest?.value ?? alarm.value;
  const isLevel = alarm.kind.endsWith("high") || alarm.kind.endsWith("low");
  const value = !isLevel || now === null || now === undefined ? "" : `${quantity(now, alarm.unit)} · `;
  return value + alarm.limit_text;
}

/** The state in few words. */
export function stateWord(alarm: Alarm): string {
  return alarm.state_label || alarm.state;
}

function keepAcknowledge(store: Store, item: HTMLElement, alarm: Alarm): void {
  const wanted = acknowledgement(alarm);
  const button = item.querySelector<HTMLButtonElement>(".alarm-ack");
  if (!wanted) {
    if (button && button === document.activeElement) must<HTMLElement>(".row", item).focus();
    button?.remove();
    return;
  }
  if (button) return;
  item.append(
    h(
      "button",
      {
        class: "btn btn-xs alarm-ack",
        type: "button",
        "data-testid": "alarm-ack",
        onclick: (() => {
          const current = store.alarms.get(alarm.id);
          const step = current && acknowledgement(current);
          if (current && step) void carryOut(store, current, step.to, step.needs_reason);
        }) as EventListener,
      },
      t("alarms.acknowledge"),
    ),
  );
}

/** The step by which a person acknowledges this alarm, if the table allows one. */
export function acknowledgement(alarm: Alarm): { to: string; needs_reason: boolean } | undefined {
  if (!alarm.state.endsWith("unacknowledged")) return undefined;
  return alarm.allowed.find((step) => ACKNOWLEDGING.includes(step.to));
}

/** Carry out a step of the alarm's table, asking for a reason where it needs one; else a note goes with it. */
export async function carryOut(
  store: Store,
  alarm: Alarm,
  to: string,
  needsReason: boolean,
  note = "",
): Promise<void> {
  const asked = needsReason
    ? await askReason(alarmTitle(alarm), to)
    : { reason: note, reasonCode: "", until: null };
  if (!asked) return;
  try {
    store.takeAlarm(await moveAlarm(alarm, to, asked));
    toast("success", t("alarms.done", { title: alarmTitle(alarm), at: when(new Date()) }));
  } catch (error) {
    toast("error", error instanceof Problem ? error.message : t("error.unreachable"));
  }
}

function moveFocus(event: KeyboardEvent, list: Element): void {
  const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
  if (!step) return;
  const rows = [...list.querySelectorAll<HTMLElement>(".row, .value-row")];
  const next = rows[rows.indexOf(document.activeElement as HTMLElement) + step];
  if (next) {
    event.preventDefault();
    next.focus();
  }
}
