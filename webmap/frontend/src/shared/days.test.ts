import { expect, test } from "vitest";
import { asIso } from "./days";

test("a day written here is found in the calendar", () => {
  expect(asIso("5/11/2026")).toBe("2026-11-05");
  expect(asIso("31.12.2026")).toBe("2026-12-31");
  expect(asIso("demain")).toBe("");
});
