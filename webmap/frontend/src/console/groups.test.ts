import { expect, test } from "vitest";
import type { Alarm } from "../api/types";
import { grouped } from "./groups";
import { calledJustNow } from "./sound";

const alarm = (id: number, group: number | null, state = "active_unacknowledged", priority = 3): Alarm =>
  ({
    id,
    state,
    priority,
    group: group && { id: group, root_alarm: 1, title: "", why: "", version: 1 },
  }) as Alarm;

test("an event is one line that counts its consequences", () => {
  const rows = grouped(
    [alarm(2, 7), alarm(9, null), alarm(1, 7), alarm(3, 7, "active_acknowledged")],
    new Set(),
  );
  expect(rows.map((row) => [row.alarm.id, row.consequences, row.waiting])).toEqual([
    [1, 2, 2],
    [9, 0, 0],
  ]);
});

test("unfolded, its consequences stand under it", () => {
  const rows = grouped([alarm(2, 7), alarm(1, 7)], new Set([7]));
  expect(rows.map((row) => [row.alarm.id, row.isConsequence])).toEqual([
    [1, false],
    [2, true],
  ]);
});

test("a folded event shows how urgent the most urgent of it is", () => {
  const event = [alarm(1, 7), alarm(2, 7, "active_unacknowledged", 1)];
  expect(grouped(event, new Set())[0]?.priority).toBe(1);
  expect(grouped(event, new Set([7])).map((row) => row.priority)).toEqual([3, 1]);
});

test("an event is answered as its newest alarm tells of it", () => {
  const late = alarm(3, 7);
  if (late.group) Object.assign(late.group, { version: 4, root_alarm: 2 });
  const [row] = grouped([alarm(1, 7), alarm(2, 7), late], new Set());
  expect([row?.alarm.id, row?.group?.version]).toEqual([2, 4]);
});

test("one that is alone, or whose first has ended, hides nothing", () => {
  expect(grouped([alarm(2, 7)], new Set())).toHaveLength(1);
  expect(grouped([alarm(2, 7), alarm(3, 7)], new Set())[0]?.alarm.id).toBe(2);
});

test("a call sounds only where it is heard at once", () => {
  const now = Date.parse("2026-03-01T10:00:10Z");
  expect(calledJustNow("2026-03-01T10:00:00Z", now)).toBe(true);
  expect(calledJustNow("2026-03-01T09:59:00Z", now)).toBe(false);
  expect(calledJustNow(null, now)).toBe(false);
});
