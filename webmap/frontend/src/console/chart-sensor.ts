import type uPlot from "uplot";
import type { Sensor } from "../api/types";
import { axes, makePlot, token } from "../charts/plot";
import { age, isolated, number, qualityName, unitName, when } from "../format";
import { t } from "../i18n";
import { h, setText } from "../ui/h";
import { blank, loading } from "../ui/parts";
import { loadReadings } from "./data";

const SPANS = { "1": 1, "6": 6, "24": 24, "168": 168 } as const;

/** The curve of a sensor: zoom by drawing across it, limits as a band, doubtful stretches shaded. */
export function sensorChart(sensor: Sensor): {
  element: HTMLElement;
  stop: () => void;
  add: (sensor: Sensor) => void;
} {
  let hours = 6;
  let plot: uPlot | null = null;
  let asked = new AbortController();
  let lastAt = 0;
  const box = h("div", { class: "chart-box" });
  const read = h("p", { class: "chart-read" });
  const buttons = Object.values(SPANS).map((n) =>
    h(
      "button",
      { type: "button", "aria-pressed": String(n === hours), onclick: () => choose(n) },
      age(n * 3600),
    ),
  );
  const element = h(
    "section",
    { "data-testid": "sensor-chart" },
    h(
      "div",
      { class: "chart-head" },
      h("h3", {}, t("sensor.history")),
      h("div", { class: "segmented" }, ...buttons),
    ),
    box,
    read,
  );

  const choose = (n: number) => {
    hours = n;
    for (const [i, value] of Object.values(SPANS).entries())
      buttons[i]?.setAttribute("aria-pressed", String(value === n));
    void load();
  };

  const load = async () => {
    asked.abort();
    asked = new AbortController();
    const to = new Date();
    const from = new Date(to.getTime() - hours * 3_600_000);
    if (!plot) box.replaceChildren(loading());
    try {
      const page = await loadReadings(sensor.code, from, to, asked.signal);
      plot?.destroy();
      plot = null;
      if (!page.results.length) {
        box.replaceChildren(blank("activity", t("sensor.no_readings"), t("sensor.no_readings_text")));
        return;
      }
      box.replaceChildren();
      plot = draw(box, sensor, page.results, [from, to], (text) => setText(read, text));
      lastAt = Date.parse(page.results.at(-1)?.at ?? "") || 0;
    } catch (error) {
      if (error instanceof DOMException) return;
      plot?.destroy();
      plot = null;
      box.replaceChildren(blank("cloud-off", t("error.load"), t("error.retry_later")));
    }
  };
  void load();

  return {
    element,
    stop: () => {
      asked.abort();
      plot?.destroy();
    },
    add: (moved) => {
      const latest = moved.latest;
      const at = latest ? Date.parse(latest.at) : 0;
      if (!plot || !latest || latest.value === null || at <= lastAt) return;
      lastAt = at;
      const [x, y, q] = plot.data as unknown as [number[], (number | null)[], number[]];
      const zoomed = isZoomed(plot);
      x.push(at / 1000);
      y.push(latest.value);
      q.push(latest.quality);
      plot.setData(plot.data, !zoomed);
    },
  };
}

function isZoomed(plot: uPlot): boolean {
  const x = plot.data[0];
  const [first, last] = [x[0] ?? 0, x.at(-1) ?? 0];
  return (plot.scales["x"]?.min ?? first) > first + 60 && (plot.scales["x"]?.max ?? last) < last - 1;
}

interface Row {
  at: string;
  value: number | null;
  quality: number;
}

function draw(
  box: HTMLElement,
  sensor: Sensor,
  rows: Row[],
  span: [Date, Date],
  say: (text: string) => void,
): uPlot {
  const x = rows.map((row) => Date.parse(row.at) / 1000);
  const y = rows.map((row) => row.value);
  const quality = rows.map((row) => row.quality);
  const unit = unitName(sensor.unit);
  const options: Omit<uPlot.Options, "width" | "height"> = {
    axes: axes(unit, "time"),
    scales: {
      x: {
        time: true,
        range: (_p, min, max) => (min === max ? [span[0].getTime() / 1000, max] : [min, max]),
      },
      y: { range: (_p, min, max) => withLimits(sensor, min, max) },
    },
    series: [
      {},
      {
        label: sensor.name,
        stroke: () => token("--color-base-content"),
        width: 1.5,
        points: { show: rows.length < 40, size: 4 },
      },
      { show: false, scale: "quality" },
    ],
    legend: { show: false },
    cursor: { y: false, drag: { x: true, y: false, setScale: true }, points: { size: 7 } },
    hooks: {
      drawClear: [(plot) => shade(plot, sensor)],
      setCursor: [(plot) => say(readingText(plot, unit))],
    },
  };
  return makePlot(box, options, [x, y, quality], 190);
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
function shade(plot: uPlot, sensor: Sensor): void {
  const { ctx, bbox } = plot;
  ctx.save();
  for (const { kind, limit } of sensor.limits) {
    const y = plot.valToPos(limit, "y", true);
    const clamped = Math.min(Math.max(y, bbox.top), bbox.top + bbox.height);
    ctx.globalAlpha = 0.6;
    ctx.fillStyle = token("--critical-soft");
    if (kind === "high") ctx.fillRect(bbox.left, bbox.top, bbox.width, clamped - bbox.top);
    else ctx.fillRect(bbox.left, clamped, bbox.width, bbox.top + bbox.height - clamped);
    ctx.globalAlpha = 1;
    if (clamped === y) {
      ctx.fillStyle = token("--critical");
      ctx.fillRect(bbox.left, y - 0.5, bbox.width, 1);
    }
  }
  ctx.fillStyle = token("--color-base-300");
  const [x, , quality] = plot.data as unknown as [number[], unknown, number[]];
  for (let i = 0; i < quality.length; i++) {
    if ((quality[i] ?? 192) >= 192 && quality[i] !== 500) continue;
    const left = Math.max(plot.valToPos(x[i] ?? 0, "x", true), bbox.left);
    const right = Math.min(plot.valToPos(x[i + 1] ?? x[i] ?? 0, "x", true), bbox.left + bbox.width);
    if (right > bbox.left) ctx.fillRect(left, bbox.top, Math.max(right - left, 2), bbox.height);
  }
  ctx.restore();
}

function readingText(plot: uPlot, unit: string): string {
  const index = plot.cursor.idx;
  if (index === null || index === undefined) return t("chart.zoom_hint");
  const [x, y, quality] = plot.data as unknown as [number[], (number | null)[], number[]];
  const value = y[index];
  const at = when(new Date((x[index] ?? 0) * 1000));
  const good = qualityName(quality[index] ?? 192);
  const doubt = good === "good" ? "" : ` · ${t(`quality.${good}` as "quality.good")}`;
  return value === null || value === undefined
    ? `${at} · –`
    : `${at} · ${isolated(`${number(value)} ${unit}`)}${doubt}`;
}
