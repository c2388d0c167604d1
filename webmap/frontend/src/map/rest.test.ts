import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { isResting, onMap, restMap } from "./rest";

beforeEach(() => {
  vi.useFakeTimers({ toFake: ["setTimeout", "clearTimeout"] });
  vi.stubGlobal("window", globalThis);
  vi.stubGlobal("requestAnimationFrame", (draw: () => void) => setTimeout(draw, 16));
});
afterEach(() => {
  vi.runAllTimers();
  vi.unstubAllGlobals();
  vi.useRealTimers();
});

test("a map that does not rest is changed at once", () => {
  const done: string[] = [];
  onMap("ring", () => done.push("ring"));
  expect(done).toEqual(["ring"]);
});

test("a map that rests is changed once the curve has been drawn, by the newest change of a name", () => {
  const done: string[] = [];
  const drawn = restMap();
  onMap("ring", () => done.push("first"));
  onMap("ring", () => done.push("newest"));
  onMap("alarms", () => done.push("alarms"));
  expect(done).toEqual([]);
  drawn();
  vi.advanceTimersByTime(40);
  expect(done).toEqual(["newest", "alarms"]);
  expect(isResting()).toBe(false);
});

test("a curve that does not come holds the map up for 400 ms, not for ever", () => {
  const done: string[] = [];
  restMap();
  onMap("ring", () => done.push("ring"));
  vi.advanceTimersByTime(399);
  expect(done).toEqual([]);
  vi.advanceTimersByTime(1);
  expect(done).toEqual(["ring"]);
});

test("a curve that comes late does not end the rest of the one asked for after it", () => {
  const late = restMap();
  restMap();
  late();
  vi.advanceTimersByTime(100);
  expect(isResting()).toBe(true);
});
