import { expect, test } from "vitest";
import { alone, type History, toLines, trendAddress } from "./history";

const history = (over: Partial<History>): History => ({
  sensor: "a.x",
  name: "a",
  unit: "kPa",
  width_s: 0,
  coverage: 1,
  gaps: [],
  results: [],
  ...over,
});
const at = (second: number) => new Date(second * 1000).toISOString();
const reading = (second: number, value: number) => ({ at: at(second), value, quality: 192 });

test("readings keep their time and value", () => {
  const lines = toLines(history({ results: [reading(10, 1), reading(20, 2)] }));
  expect(lines.x).toEqual([10, 20]);
  expect(lines.value).toEqual([1, 2]);
  expect(lines.low).toEqual([1, 2]);
});

test("a bucket stands in its middle and keeps its extremes", () => {
  const results = [{ ...reading(0, 5), min: 3, max: 9 }];
  const lines = toLines(history({ width_s: 60, results }));
  expect([lines.x, lines.low, lines.high]).toEqual([[30], [3], [9]]);
});

test("nothing is drawn across a gap", () => {
  const gaps = [{ from: at(12), to: at(50) }];
  const lines = toLines(history({ gaps, results: [reading(10, 1), reading(50, 2), reading(60, 3)] }));
  expect(lines.value).toEqual([1, null, 2, 3]);
  expect(lines.x).toEqual([10, 30, 50, 60]);
});

test("a reading between two gaps, or at an end, stands alone", () => {
  expect(alone([1, null, 2, 3, null, 4])).toEqual([0, 5]);
  expect(alone([null, 1, null, 2, null])).toEqual([1, 3]);
  expect(alone([1, undefined, 2, null, undefined, 3])).toEqual([5]);
  expect(alone([])).toEqual([]);
});

test("a gap before the first reading breaks nothing", () => {
  const lines = toLines(history({ gaps: [{ from: at(0), to: at(9) }], results: [reading(10, 1)] }));
  expect(lines.value).toEqual([1]);
});

test("an earlier period is laid over the present one", () => {
  expect(toLines(history({ results: [reading(10, 1)] }), 86_400).x).toEqual([86_410]);
});

test("the address of a trend names its sensors and its window", () => {
  const span = { from: new Date(0), to: new Date(1000) };
  expect(trendAddress(["a.x", "b y"], span, 50, "csv")).toBe(
    "/api/v1/readings/?sensors=a.x,b%20y&from=1970-01-01T00:00:00.000Z&to=1970-01-01T00:00:01.000Z&points=50&format=csv",
  );
});
