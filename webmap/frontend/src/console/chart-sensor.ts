import type uPlot from "uplot";
import type { Alarm, Sensor } from "../api/types";
import { type History, type Lines, loadHistory, type Span, toLines } from "../charts/history";
import { spanButtons } from "../charts/spans";
import { number } from "../format";
import { t } from "../i18n";
import { restMap } from "../map/rest";
import { h, setText } from "../ui/h";
import { blank, loading, unread } from "../ui/parts";
import { type Drawn, drawSensor } from "./chart-draw";
import { loadAlarmsOf } from "./data";

const POINTS = 800;
const DAY_S = 86_400;
const COMPARED = { none: 0, day: DAY_S, week: 7 * DAY_S, year: 364 * DAY_S };

/** The curve of a sensor: zoom by drawing across it, compare with before; limits, alarms and doubts marked. */
export function sensorChart(
  sensor: Sensor,
  toTrend: (code: string) => void,
): {
  element: HTMLElement;
  stop: () => void;
  add: (sensor: Sensor) => void;
} {
  let hours = 6;
  let zoomed: Span | null = null;
  let shiftS = 0;
  let plot: uPlot | null = null;
  let asked = new AbortController();
  /** What is drawn, where the live stream may add to it. */
  let live: Drawn | null = null;
  let alarms: Alarm[] = [];
  const box = h("div", { class: "chart-box" });
  const read = h("p", { class: "chart-read" });
  const whole = h("button", { type: "button", class: "link", hidden: true }, t("chart.whole"));
  const compare = h(
    "select",
    { class: "select select-sm", "aria-label": t("chart.compare"), "data-testid": "chart-compare" },
    ...Object.keys(COMPARED).map((name) =>
      h("option", { value: name }, t(`chart.compare_${name}` as "chart.compare_none")),
    ),
  );
  const trend = h(
    "button",
    {
      type: "button",
      class: "btn btn-sm",
      "data-testid": "to-trend",
      onclick: () => toTrend(sensor.code),
    },
    t("trend.add"),
  );
  const spans = spanButtons(hours, (chosen) => {
    hours = chosen;
    zoom(null);
  });
  const element = h(
    "section",
    { "data-testid": "sensor-chart" },
    h("div", { class: "chart-head" }, h("h3", {}, t("sensor.history")), whole),
    spans,
    box,
    read,
    h("div", { class: "chart-tools" }, compare, trend),
  );

  const zoom = (span: Span | null) => {
    zoomed = span;
    whole.hidden = span === null;
    void load();
  };
  whole.addEventListener("click", () => zoom(null));
  box.addEventListener("dblclick", () => zoom(null));
  compare.addEventListener("change", () => {
    shiftS = COMPARED[compare.value as keyof typeof COMPARED];
    void load();
  });

  const load = async () => {
    asked.abort();
    asked = new AbortController();
    const to = new Date();
    const span = zoomed ?? { from: new Date(to.getTime() - hours * 3_600_000), to };
    const shown = plot ? () => undefined : restMap();
    if (!plot) box.replaceChildren(loading());
    try {
      const [now, before] = await Promise.all([
        loadHistory(sensor.code, span, POINTS, asked.signal),
        shiftS ? loadHistory(sensor.code, earlier(span, shiftS), POINTS, asked.signal) : null,
      ]);
      const drawn = show(now, before, span);
      shown();
      // The curve waits for nothing that is only marked on it.
      alarms = await loadAlarmsOf(sensor.code, asked.signal);
      if (drawn) drawn.alarms = alarms;
      plot?.redraw(false);
    } catch (error) {
      shown();
      if (error instanceof DOMException) return;
      clear(unread(error));
    }
  };
  const clear = (instead?: Node) => {
    plot?.destroy();
    plot = live = null;
    box.replaceChildren(...(instead ? [instead] : []));
  };
  const show = (now: History, before: History | null, span: Span): Drawn | null => {
    if (!now.results.length) {
      clear(blank("activity", t("sensor.no_readings"), t("sensor.no_readings_text")));
      return null;
    }
    clear();
    const drawn: Drawn = {
      sensor,
      lines: toLines(now),
      earlier: before ? toLines(before, shiftS) : null,
      alarms,
      span: [span.from.getTime() / 1000, span.to.getTime() / 1000],
    };
    live = !zoomed && !before && now.width_s === 0 ? drawn : null;
    plot = drawSensor(
      box,
      drawn,
      (text) => setText(read, `${text}${said(now)}`),
      (from, to) => zoom({ from: new Date(from * 1000), to: new Date(to * 1000) }),
    );
    box.dataset["points"] = String(now.results.length);
    return drawn;
  };
  void load();

  return {
    element,
    stop: () => {
      asked.abort();
      plot?.destroy();
    },
    add: ({ latest }) => {
      const second = latest ? Date.parse(latest.at) / 1000 : 0;
      if (!plot || !live || !latest || latest.value === null || second <= (live.lines.x.at(-1) ?? 0)) return;
      addTo(live.lines, second, latest.value, latest.quality);
      live.span = [second - hours * 3600, second];
      plot.setData(plot.data);
    },
  };
}

/** The plot draws these very columns. */
function addTo(lines: Lines, second: number, value: number, quality: number): void {
  lines.x.push(second);
  for (const column of [lines.value, lines.low, lines.high]) column.push(value);
  lines.quality.push(quality);
}

function earlier({ from, to }: Span, shiftS: number): Span {
  return { from: new Date(from.getTime() - shiftS * 1000), to: new Date(to.getTime() - shiftS * 1000) };
}

/** How much of the period was measured, where it was not all. */
function said({ coverage }: History): string {
  return coverage < 0.995 ? ` · ${t("chart.coverage", { percent: number(coverage * 100, 0) })}` : "";
}
