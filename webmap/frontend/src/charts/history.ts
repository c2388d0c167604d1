import { get } from "../api/client";

/** One point: a reading, or a bucket with its extremes. Coverage says how much of the bucket was measured. */
export interface Point {
  at: string;
  value: number | null;
  quality: number;
  min?: number | null;
  max?: number | null;
  coverage?: number | null;
}

/** A sensor's history in no more points than asked for. `width_s` is 0 where the points are readings. */
export interface History {
  sensor: string;
  name: string;
  unit: string;
  width_s: number;
  coverage: number;
  gaps: { from: string; to: string }[];
  results: Point[];
}

/** What a plot draws: seconds and columns of the same length; null breaks the line. */
export interface Lines {
  x: number[];
  value: (number | null)[];
  low: (number | null)[];
  high: (number | null)[];
  quality: number[];
}

export interface Span {
  from: Date;
  to: Date;
}

const window = ({ from, to }: Span, points: number) =>
  `from=${from.toISOString()}&to=${to.toISOString()}&points=${points}`;

export function loadHistory(
  sensor: string,
  span: Span,
  points: number,
  signal?: AbortSignal,
): Promise<History> {
  return get(`/api/v1/sensors/${encodeURIComponent(sensor)}/readings/?${window(span, points)}`, signal);
}

export async function loadTrend(
  sensors: string[],
  span: Span,
  points: number,
  signal?: AbortSignal,
): Promise<History[]> {
  const answer = await get<{ series: History[] }>(trendAddress(sensors, span, points), signal);
  return answer.series;
}

/** Where the same trend is had as a table. */
export function trendAddress(sensors: string[], span: Span, points: number, format = "json"): string {
  const codes = sensors.map(encodeURIComponent).join(",");
  return `/api/v1/readings/?sensors=${codes}&${window(span, points)}&format=${format}`;
}

/** Turn a history into lines: buckets stand in their middle, and nothing is drawn across a gap. */
export function toLines(history: History, shiftS = 0): Lines {
  const lines: Lines = { x: [], value: [], low: [], high: [], quality: [] };
  const gaps = history.gaps.map((gap) => Date.parse(gap.from) / 1000 + shiftS);
  let next = 0;
  for (const point of history.results) {
    const at = Date.parse(point.at) / 1000 + history.width_s / 2 + shiftS;
    let broken = false;
    while (next < gaps.length && (gaps[next] ?? 0) < at) {
      broken = true;
      next += 1;
    }
    const last = lines.x.at(-1);
    if (broken && last !== undefined) add(lines, (last + at) / 2, null, null, null, 192);
    add(lines, at, point.value, point.min ?? point.value, point.max ?? point.value, point.quality);
  }
  return lines;
}

/** Find the values with nothing beside them to draw a line to. An undefined one is no gap: the line goes on. */
export function alone(values: ArrayLike<number | null | undefined>): number[] {
  const found: number[] = [];
  let candidate: number | null = null;
  let before: number | null | undefined = null;
  for (let i = 0; i < values.length; i++) {
    const value = values[i];
    if (value === undefined) continue;
    if (value === null) {
      if (candidate !== null) found.push(candidate);
      candidate = null;
    } else candidate = before === null ? i : null;
    before = value;
  }
  if (candidate !== null) found.push(candidate);
  return found;
}

function add(
  lines: Lines,
  x: number,
  value: number | null,
  low: number | null,
  high: number | null,
  quality: number,
): void {
  lines.x.push(x);
  lines.value.push(value);
  lines.low.push(low);
  lines.high.push(high);
  lines.quality.push(quality);
}
