import uPlot from "uplot";
import "uplot/dist/uPlot.min.css";
import { clock, number, placesOf, shortDay, when } from "../format";
import { onThemeChange } from "../shell/theme";
import { alone } from "./history";

/** A colour of the theme, read when drawing, so that a change of theme only needs a redraw. */
export function token(name: string): string {
  return getComputedStyle(document.documentElement).getPropertyValue(name).trim();
}

const FONT = '12px "IBM Plex Sans", "IBM Plex Sans Arabic", sans-serif';

/** Dots at every value, or where there is no line to see: a reading between two gaps. */
export function dots(everywhere: boolean): uPlot.Series.Points {
  return {
    show: everywhere,
    size: 4,
    filter: (plot, series, all) => (all ? null : alone(plot.data[series] ?? [])),
  };
}

/** The axes common to every plot. Time runs left to right in every language. */
export function axes(unit: string, span: "time" | "days"): uPlot.Axis[] {
  const common: uPlot.Axis = {
    font: FONT,
    stroke: () => token("--ink-3"),
    grid: { stroke: () => token("--color-base-300"), width: 1 },
    ticks: { show: false },
  };
  return [
    {
      ...common,
      grid: { show: false },
      size: 28,
      space: 64,
      ...(span === "days" ? { splits: dayMarks } : {}),
      values: (_plot, splits) =>
        splits.map((s) => (span === "days" ? shortDay(new Date(s * 1000)) : tick(s, splits))),
    },
    {
      ...common,
      size: 48,
      values: (_plot, splits, _axis, _space, step) => splits.map((v) => number(v, placesOf(step))),
      label: unit,
      labelFont: FONT,
      labelSize: 16,
    },
  ];
}

/** Mark days where their bars stand, as many as there is room for, whatever zone the browser lives in. */
function dayMarks(plot: uPlot): number[] {
  const days = plot.data[0];
  const every = Math.max(1, Math.ceil((days.length * 64) / Math.max(plot.over.clientWidth, 64)));
  return Array.from(days).filter((_, index) => index % every === 0);
}

function tick(second: number, splits: number[]): string {
  const step = (splits[1] ?? second) - (splits[0] ?? second);
  const date = new Date(second * 1000);
  if (step >= 86_400) return shortDay(date);
  return step < 60 ? clock(date) : when(date, date);
}

/** Make a plot that follows the width of its box and the theme. */
export function makePlot(
  box: HTMLElement,
  options: Omit<uPlot.Options, "width" | "height">,
  data: uPlot.AlignedData,
  height = 180,
): uPlot {
  box.classList.add("plot");
  const plot = new uPlot({ ...options, width: Math.max(box.clientWidth, 200), height, ms: 1e-3 }, data, box);
  const resize = new ResizeObserver(() => {
    if (box.clientWidth) plot.setSize({ width: box.clientWidth, height });
  });
  resize.observe(box);
  onThemeChange(() => plot.redraw());
  return plot;
}

/** A day's total, and whether enough of it was measured to stand for the day. */
export interface DayValue {
  value: number | null;
  whole: boolean;
}

/** Days of a quantity as bars; days not wholly measured are pale. `onDay` hears which day is pointed at. */
export function dayBars(
  box: HTMLElement,
  days: Date[],
  values: DayValue[],
  unit: string,
  tone: string,
  onDay: (index: number | null) => void = () => undefined,
): uPlot {
  const paths = uPlot.paths.bars?.({ size: [0.7, 28], radius: 0.15 });
  const bars = (fill: () => string): uPlot.Series => ({
    fill,
    width: 0,
    points: { show: false },
    ...(paths ? { paths } : {}),
  });
  const pale = () => `color-mix(in srgb, ${token(tone)} 35%, ${token("--color-base-100")})`;
  const x = days.map((d) => d.getTime() / 1000);
  const whole = values.map((day) => (day.whole ? day.value : null));
  const part = values.map((day) => (day.whole ? null : day.value));
  return makePlot(
    box,
    {
      series: [{}, bars(() => token(tone)), bars(pale)],
      axes: axes(unit, "days"),
      scales: {
        x: { time: true, range: (_p, min, max) => [min - 43_200, max + 43_200] },
        y: { range: zeroBased },
      },
      legend: { show: false },
      cursor: { y: false, drag: { x: false, y: false }, points: { show: false } },
      hooks: { setCursor: [(plot) => onDay(plot.cursor.idx ?? null)] },
    },
    [x, whole, part],
    132,
  );
}

/** Start a scale of quantities at zero, with a little room above. */
export function zeroBased(_plot: uPlot, _min: number, max: number): [number, number] {
  return [0, max > 0 ? max * 1.08 : 1];
}
