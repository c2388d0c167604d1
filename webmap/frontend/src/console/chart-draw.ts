import type uPlot from "uplot";
import type { Alarm, Sensor } from "../api/types";
import type { Lines } from "../charts/history";
import { axes, dots, makePlot, token } from "../charts/plot";
import { isolated, number, qualityName, unitName, when } from "../format";
import { t } from "../i18n";

/** What a sensor's curve is drawn from. */
export interface Drawn {
  sensor: Sensor;
  lines: Lines;
  /** The same length of time, earlier, moved onto this one. */
  earlier: Lines | null;
  alarms: Alarm[];
  /** From and to, in seconds. */
  span: [number, number];
}

/** Draw a curve with its extremes, limits, alarms and doubtful stretches. */
export function drawSensor(
  box: HTMLElement,
  drawn: Drawn,
  say: (text: string) => void,
  zoom: (from: number, to: number) => void,
): uPlot {
  const { sensor, lines, earlier } = drawn;
  const unit = unitName(sensor.unit);
  const ink = () => token("--color-base-content");
  const hidden = { stroke: "transparent", width: 0, points: { show: false } };
  const line = (dash: number[] | undefined, stroke: () => string): uPlot.Series => ({
    stroke,
    width: 1.5,
    points: dots(lines.x.length < 40 && !dash),
    ...(dash ? { dash } : {}),
  });
  const series: uPlot.Series[] = [
    {},
    line(undefined, ink),
    { ...hidden },
    { ...hidden },
    ...(earlier ? [line([4, 4], () => token("--ink-3"))] : []),
  ];
  const shown = withEarlier(lines, earlier);
  const options: Omit<uPlot.Options, "width" | "height"> = {
    axes: axes(unit, "time"),
    scales: {
      x: { time: true, range: () => drawn.span },
      y: { range: (_p, min, max) => withLimits(sensor, min ?? 0, max ?? 1) },
    },
    series,
    bands: [{ series: [3, 2], fill: () => `color-mix(in srgb, ${ink()} 16%, transparent)` }],
    legend: { show: false },
    cursor: { y: false, drag: { x: true, y: false, setScale: false }, points: { size: 7 } },
    hooks: {
      drawClear: [(plot) => shade(plot, sensor, lines)],
      draw: [(plot) => markAlarms(plot, drawn.alarms)],
      setCursor: [(plot) => say(readingText(plot, drawn, unit))],
      setSelect: [
        (plot) => {
          const { left, width } = plot.select;
          if (width > 5) zoom(plot.posToVal(left, "x"), plot.posToVal(left + width, "x"));
        },
      ],
    },
  };
  return makePlot(box, options, shown, 190);
}

type Column = (number | null | undefined)[];

/** Lay the earlier line beside the others: where it has no point at a time, the line simply goes on. */
function withEarlier(lines: Lines, earlier: Lines | null): uPlot.AlignedData {
  const own: Column[] = [lines.value, lines.low, lines.high];
  if (!earlier) return [lines.x, ...own] as uPlot.AlignedData;
  const x = [...new Set([...lines.x, ...earlier.x])].sort((a, b) => a - b);
  const place = (from: number[], values: Column): Column => {
    const held = new Map(from.map((at, i) => [at, values[i]]));
    return x.map((at) => held.get(at));
  };
  return [
    x,
    ...own.map((values) => place(lines.x, values)),
    place(earlier.x, earlier.value),
  ] as uPlot.AlignedData;
}

function withLimits(sensor: Sensor, min: number, max: number): [number, number] {
  const span = max - min || Math.abs(max) || 1;
  let [low, high] = [min - span * 0.12, max + span * 0.12];
  for (const { limit } of sensor.limits) {
    // A limit near the curve is shown; a far one must not flatten it.
    if (limit < low && limit > low - span * 2) low = limit - span * 0.1;
    if (limit > high && limit < high + span * 2) high = limit + span * 0.1;
  }
  return [low, high];
}

/** Beyond the limits a tint, on the limit a line; where quality was not good, a veil. */
function shade(plot: uPlot, sensor: Sensor, { x, quality }: Lines): void {
  const { ctx, bbox } = plot;
  ctx.save();
  for (const { kind, limit } of sensor.limits) {
    const y = plot.valToPos(limit, "y", true);
    const clamped = Math.min(Math.max(y, bbox.top), bbox.top + bbox.height);
    ctx.globalAlpha = 0.6;
    ctx.fillStyle = token("--critical-soft");
    if (kind.endsWith("high")) ctx.fillRect(bbox.left, bbox.top, bbox.width, clamped - bbox.top);
    else ctx.fillRect(bbox.left, clamped, bbox.width, bbox.top + bbox.height - clamped);
    ctx.globalAlpha = 1;
    if (clamped === y) {
      ctx.fillStyle = token("--critical");
      ctx.fillRect(bbox.left, y - 0.5, bbox.width, 1);
    }
  }
  ctx.fillStyle = token("--color-base-300");
  for (let i = 0; i < quality.length; i++) {
    if ((quality[i] ?? 192) >= 192 && quality[i] !== 500) continue;
    const left = Math.max(plot.valToPos(x[i] ?? 0, "x", true), bbox.left);
    const right = Math.min(plot.valToPos(x[i + 1] ?? x[i] ?? 0, "x", true), bbox.left + bbox.width);
    if (right > bbox.left) ctx.fillRect(left, bbox.top, Math.max(right - left, 2), bbox.height);
  }
  ctx.restore();
}

/** A flag where an alarm rose; the thicker, the more urgent. */
function markAlarms(plot: uPlot, alarms: Alarm[]): void {
  const { ctx, bbox } = plot;
  ctx.save();
  for (const alarm of alarms) {
    if (!alarm.raised_at) continue;
    const x = Math.round(plot.valToPos(Date.parse(alarm.raised_at) / 1000, "x", true));
    if (x < bbox.left || x > bbox.left + bbox.width) continue;
    const size = (8 - alarm.priority) * devicePixelRatio;
    ctx.fillStyle = token(alarm.priority <= 2 ? "--critical" : "--high");
    ctx.fillRect(x - 0.5, bbox.top, 1, bbox.height);
    ctx.beginPath();
    ctx.moveTo(x - size, bbox.top);
    ctx.lineTo(x + size, bbox.top);
    ctx.lineTo(x, bbox.top + size * 1.4);
    ctx.fill();
  }
  ctx.restore();
}

function readingText(plot: uPlot, drawn: Drawn, unit: string): string {
  const index = plot.cursor.idx;
  if (index === null || index === undefined) return t("chart.zoom_hint");
  const second = plot.data[0][index] ?? 0;
  const { lines, earlier, alarms } = drawn;
  const here = lines.x.indexOf(second);
  const [value, low, high] = [lines.value[here], lines.low[here], lines.high[here]];
  const parts = [when(new Date(second * 1000))];
  if (value === null || value === undefined) parts.push("–");
  else parts.push(isolated(`${number(value)} ${unit}`));
  if (low !== high && typeof low === "number" && typeof high === "number")
    parts.push(isolated(`${number(low)} – ${number(high)}`));
  const good = qualityName(lines.quality[here] ?? 192);
  if (good !== "good") parts.push(t(`quality.${good}` as "quality.good"));
  const before = earlier ? nearest(earlier, second) : null;
  if (before !== null) parts.push(`${t("chart.before")} ${isolated(`${number(before)} ${unit}`)}`);
  const reach = (drawn.span[1] - drawn.span[0]) / 60;
  const near = alarms.find(
    (alarm) => alarm.raised_at && Math.abs(Date.parse(alarm.raised_at) / 1000 - second) < reach,
  );
  if (near) parts.push(near.title);
  return parts.join(" · ");
}

function nearest(lines: Lines, second: number): number | null {
  let best = -1;
  for (const [i, at] of lines.x.entries())
    if (best < 0 || Math.abs(at - second) < Math.abs((lines.x[best] ?? 0) - second)) best = i;
  return lines.value[best] ?? null;
}
