import uPlot from "uplot";
import { number, shortDay } from "../format";
import { t } from "../i18n";
import { axes, makePlot, token, zeroBased } from "./plot";

/** Days as bars with the year before as a line over them. */
export function comparedDays(
  box: HTMLElement,
  days: Date[],
  values: (number | null)[],
  before: (number | null)[] | null,
  unit: string,
  tone: string,
): uPlot {
  const bars = uPlot.paths.bars?.({ size: [0.7, 28], radius: 0.15 });
  const figure = (_plot: uPlot, v: number | null, _series: number, index: number | null) =>
    index === null ? "" : v === null ? "–" : `${number(v)} ${unit}`;
  const series: uPlot.Series[] = [
    { value: (_p, v) => (v === null ? "" : shortDay(new Date(v * 1000))), label: t("chart.day") },
    {
      label: t("chart.this_year"),
      stroke: () => token(tone),
      fill: () => token(tone),
      width: 0,
      value: figure,
      points: { show: false },
      ...(bars ? { paths: bars } : {}),
    },
  ];
  if (before) {
    series.push({
      label: t("chart.year_before"),
      stroke: () => token("--color-base-content"),
      width: 1.5,
      dash: [4, 3],
      value: figure,
      points: { show: false },
    });
  }
  const x = days.map((day) => day.getTime() / 1000);
  return makePlot(
    box,
    {
      series,
      axes: axes(unit, "days"),
      scales: {
        x: { time: true, range: (_p, min, max) => [min - 43_200, max + 43_200] },
        y: { range: zeroBased },
      },
      legend: { live: true, show: true },
      cursor: { y: false, drag: { x: false, y: false } },
    },
    before ? [x, values, before] : [x, values],
    260,
  );
}
