import type { Alarm, Sensor } from "../api/types";
import { age, quantity, when } from "../format";
import { t } from "../i18n";
import { h, keepList, priorityIcon, setText } from "../ui/h";
import { blank, createReading, section, standing, updateReading } from "../ui/parts";
import { acknowledgement, alarmTitle, carryOut, stateWord } from "./alarms";
import { sensorChart } from "./chart-sensor";
import { type Actions, code, frame, type Panel } from "./inspector";
import type { Store } from "./store";

/** One sensor: its value now, its alarms, its curve. */
export function sensorPanel(store: Store, sensorCode: string, actions: Actions): Panel {
  const body = h("div", { class: "panel-body" });
  const element = frame(store, "", code(sensorCode), body, { "data-testid": "sensor-panel" });
  let drawn: Sensor | undefined;
  let chart: { stop: () => void; add: (sensor: Sensor) => void } | null = null;
  const reading = createReading("big-reading");
  const note = h("p", { class: "muted" });
  const alarms = h("div", { class: "grid gap-2" });

  const refresh = () => {
    const sensor = store.sensors.get(sensorCode);
    if (!sensor) return;
    updateReading(reading, sensor, store.now());
    setText(note, standingText(sensor, store.now()));
    if (store.past === null) chart?.add(sensor);
  };
  const cards = () => {
    const mine = [...store.alarms.values()].filter((alarm) => alarm.sensor === sensorCode);
    const isHeld = alarms.contains(document.activeElement);
    // A card stays as long as its alarm does not change: somebody may be writing a note on it.
    keepList(
      alarms,
      mine,
      (alarm) => [alarm.id, alarm.version, ...alarm.allowed.map((step) => step.to)].join("."),
      (alarm) => alarmCard(store, alarm),
      () => undefined,
    );
    alarms.hidden = mine.length === 0;
    // The step just taken is no longer offered: the keyboard goes on from the card, or the panel.
    if (isHeld && !alarms.contains(document.activeElement))
      (alarms.querySelector<HTMLElement>(".alarm-card") ?? element).focus();
  };
  const build = () => {
    const sensor = store.sensors.get(sensorCode);
    if (!sensor) {
      if (store.sensors.size)
        body.replaceChildren(blank("search-x", t("sensor.unknown"), t("sensor.unknown_text")));
      return;
    }
    if (drawn) return;
    drawn = sensor;
    setText(element.querySelector("h2") as HTMLElement, sensor.name);
    const curve = sensorChart(sensor, actions.toTrend);
    chart = curve;
    body.replaceChildren(h("div", {}, reading, note), alarms, curve.element, facts(store, sensor, actions));
    refresh();
    cards();
  };
  store.on("sensors", build);
  store.on("readings", refresh);
  store.on("alarms", cards);
  const timer = window.setInterval(refresh, 1_000);
  build();
  return {
    element,
    stop: () => {
      window.clearInterval(timer);
      chart?.stop();
      chart = null;
    },
  };
}

function standingText(sensor: Sensor, now: number): string {
  const { ageS, fresh, quality } = standing(sensor, now);
  if (!sensor.latest) return t("quality.never");
  const words = t(`quality.${fresh === "stale" ? "stale" : quality}` as "quality.good");
  return `${words} · ${t("sensor.measured", { at: when(sensor.latest.at), age: age(ageS) })}`;
}

function facts(store: Store, sensor: Sensor, actions: Actions): HTMLElement {
  const rows: [string, Node][] = [];
  for (const limit of sensor.limits) {
    const label = t(limit.kind.endsWith("low") ? "sensor.low_limit" : "sensor.high_limit");
    rows.push([
      label,
      h("span", {}, `${quantity(limit.limit, sensor.unit)} `, t("sensor.priority", { n: limit.priority })),
    ]);
  }
  const openDevice = () => store.select({ what: "device", code: sensor.device });
  rows.push([
    t("sensor.device"),
    h("button", { class: "link", type: "button", onclick: openDevice }, code(sensor.device)),
  ]);
  rows.push([t("sensor.expected"), h("span", {}, age(sensor.expected_interval_s))]);
  const at = sensor.element;
  const network = sensor.network;
  if (at && network) {
    const open = () => store.select({ what: "element", network, kind: at.kind, code: at.code });
    rows.push([
      t("sensor.element"),
      h("button", { class: "link", type: "button", onclick: open }, code(at.code)),
    ]);
  }
  const place = sensor.place;
  if (place) {
    const show = () => actions.goTo(place, 17);
    rows.push([
      t("sensor.place"),
      h("button", { class: "link", type: "button", onclick: show }, t("show_on_map")),
    ]);
  }
  return section(
    t("facts"),
    h(
      "dl",
      { class: "facts" },
      ...rows.flatMap(([label, value]) => [h("dt", {}, label), h("dd", {}, value)]),
    ),
  );
}

/** An open alarm in full: what it means, what to do, and the steps the person may take. */
function alarmCard(store: Store, alarm: Alarm): HTMLElement {
  const note = acknowledgement(alarm) ? noteField() : null;
  return h(
    "div",
    { class: "alarm-card", "data-priority": alarm.priority, tabindex: -1 },
    h(
      "div",
      { class: "alarm-card-head" },
      priorityIcon(alarm.priority, t("alarms.priority", { n: alarm.priority })),
      h("span", {}, alarmTitle(alarm)),
    ),
    h(
      "p",
      { class: "muted" },
      [
        stateWord(alarm),
        alarm.alarm_class_label,
        ...(alarm.raised_at ? [t("alarms.since", { at: when(alarm.raised_at) })] : []),
      ].join(" · "),
    ),
    ...advice(alarm),
    note,
    ...stepButtons(store, alarm, note),
  );
}

/** Why it is quiet and until when, or that it was escalated; what to do, and what happens if nobody does. */
function advice(alarm: Alarm): HTMLElement[] {
  const lines: [string, string][] = [];
  if (alarm.suppressed_for && alarm.suppressed_until)
    lines.push(["", t("alarms.quiet_for", { why: alarm.suppressed_for, at: when(alarm.suppressed_until) })]);
  if (alarm.shelved_until) lines.push(["", t("alarms.shelved_until", { at: when(alarm.shelved_until) })]);
  if (alarm.escalated_at && alarm.state === "active_unacknowledged")
    lines.push(["", t("alarms.escalated", { at: when(alarm.escalated_at) })]);
  if (alarm.response) lines.push([t("alarms.response"), alarm.response]);
  if (alarm.consequence) lines.push([t("alarms.consequence"), alarm.consequence]);
  return lines.map(([label, text]) =>
    h("p", {}, label ? h("span", { class: "muted" }, label, " ") : null, h("bdi", {}, text)),
  );
}

function noteField(): HTMLInputElement {
  const words = t("alarms.note");
  return h("input", { "data-testid": "alarm-note", maxlength: 300, placeholder: words, "aria-label": words });
}

/** The usual steps as buttons, the rare ones folded away. */
function stepButtons(store: Store, alarm: Alarm, note: HTMLInputElement | null): HTMLElement[] {
  const buttons = alarm.allowed.map((step, index) => stepButton(store, alarm, step.to, index, note));
  const shown = h("div", { class: "button-row" }, ...buttons.slice(0, 2));
  if (buttons.length <= 2) return [shown];
  const rest = h("div", { class: "button-row mt-2" }, ...buttons.slice(2));
  return [shown, h("details", { class: "muted" }, h("summary", {}, t("alarms.more")), rest)];
}

function stepButton(
  store: Store,
  alarm: Alarm,
  to: string,
  index: number,
  note: HTMLInputElement | null,
): HTMLElement {
  const acknowledge =
    alarm.state.endsWith("unacknowledged") && ["active_acknowledged", "normal"].includes(to);
  const label = acknowledge ? t("alarms.acknowledge") : t(`step.${to}` as "step.shelved");
  const act = () => {
    const current = store.alarms.get(alarm.id);
    const step = current?.allowed.find((s) => s.to === to);
    if (current && step)
      void carryOut(
        store,
        current,
        to,
        step.needs_reason || ["shelved", "suppressed", "out_of_service"].includes(to),
        note?.value.trim(),
      );
  };
  return h(
    "button",
    {
      class: `btn btn-sm ${index === 0 && acknowledge ? "btn-primary" : ""}`,
      type: "button",
      "data-testid": `transition-${to}`,
      onclick: act,
    },
    label,
  );
}
