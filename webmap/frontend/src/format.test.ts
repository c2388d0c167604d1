import { beforeAll, describe, expect, it } from "vitest";
import { age, freshness, number, placesOf, qualityName, when } from "./format";
import { loadTexts } from "./i18n";

beforeAll(loadTexts);

describe("age and freshness", () => {
  it("writes the largest whole unit", () => {
    expect([5, 59, 60, 3599, 7200, 200_000].map(age)).toEqual([
      "5 s",
      "59 s",
      "1 min",
      "59 min",
      "2 h",
      "2 j",
    ]);
  });

  it("calls a value stale after three missed updates, or when the server says so", () => {
    expect(freshness(60, 60)).toBe("fresh");
    expect(freshness(120, 60)).toBe("old");
    expect(freshness(181, 60)).toBe("stale");
    expect(freshness(1, 60, 500)).toBe("stale");
  });

  it("names qualities by their OPC code", () => {
    expect([0, 64, 192, 500].map(qualityName)).toEqual(["bad", "uncertain", "good", "stale"]);
  });
});

describe("figures and times", () => {
  it("tells two marks of an axis apart", () => {
    expect([500, 10, 1, 2.5, 0.25, 0.1, 0.05, 1e-5, 0].map(placesOf)).toEqual([0, 0, 0, 1, 2, 1, 2, 5, 0]);
  });

  it("gives a value the digits it deserves", () => {
    expect([412.64, 14.16, 3.4249].map((v) => number(v))).toEqual(["413", "14,2", "3,42"]);
  });

  it("writes local time, with the date when it is not today", () => {
    const now = new Date("2026-06-15T12:00:00Z");
    expect(when("2026-06-15T10:05:00Z", now)).toBe("11:05");
    expect(when("2026-06-13T10:05:00Z", now)).toContain("13 juin");
  });

  it("counts Ramadan's hour", () => {
    expect(when("2026-03-01T10:05:00Z", new Date("2026-03-01T12:00:00Z"))).toBe("10:05");
  });
});
