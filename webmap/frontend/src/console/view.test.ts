import { describe, expect, it } from "vitest";
import { readView, type View, writeView } from "./view";

const start: View = {
  zoom: 13,
  lat: 34.9,
  lon: -2.3,
  selected: null,
  hidden: [],
  shown: [],
  tab: "alarms",
  list: false,
  trace: null,
  trend: [],
  past: null,
};

describe("the view in the address", () => {
  it("comes back as it was written", () => {
    const view: View = {
      zoom: 15.25,
      lat: 34.92853,
      lon: -2.32576,
      selected: { what: "element", network: "ltown", kind: "pipe", code: "p/227 é" },
      hidden: ["zones", "points"],
      shown: ["devices"],
      tab: "incidents",
      list: true,
      trace: { kind: "upstream", network: "ltown", places: [{ kind: "pipe", code: "p 1" }], skip: [] },
      trend: ["PL-n1.pressure_kpa", "FM 1.flow"],
      past: Date.UTC(2026, 2, 1, 10, 30),
    };
    expect(readView(writeView(view), start)).toEqual(view);
  });

  it.each(["sensor", "zone", "incident", "device"] as const)("names a %s by its code", (what) => {
    const view = { ...start, selected: { what, code: "PL-n1.pressure_kpa" } };
    expect(readView(writeView(view), start).selected).toEqual(view.selected);
  });

  it("falls back to the start for what cannot be read", () => {
    expect(readView("#map=a/b/c&sel=nonsense&hide=sky,water&tab=x", start)).toEqual({
      ...start,
      hidden: ["water"],
    });
    expect(readView("", start)).toEqual(start);
    expect(readView("#sel=element:%E0%A4%A", start).selected).toBeNull();
  });
});
