import { expect, test } from "vitest";
import { asIso, asWritten } from "./days";

test("a day written here is found in the calendar", () => {
  expect(asIso("5/11/2026")).toBe("2026-11-05");
  expect(asIso("31.12.2026")).toBe("2026-12-31");
  expect(asIso("demain")).toBe("");
});

test("an instant goes to the calendar and back", () => {
  expect(asIso("5/11/2026 9:05")).toBe("2026-11-05T09:05");
  expect(asWritten("2026-11-05T09:05")).toBe("05/11/2026 09:05");
  expect(asWritten("2026-11-05")).toBe("05/11/2026");
});
