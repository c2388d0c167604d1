import { describe, expect, it } from "vitest";
import type { Device, Sensor } from "../api/types";
import { deviceStanding, hear, sortDevices } from "./devices";
import { Store } from "./store";

const NOW = Date.UTC(2026, 2, 1, 10);
const ago = (seconds: number) => new Date(NOW - seconds * 1000).toISOString();

function device(code: string, heard: number | null, protocol = "mqtt"): Device {
  const told = { state: "online", late_after_s: 90, stale_after_s: 180, heard_every_s: 60 } as const;
  const seen = heard === null ? null : ago(heard);
  return {
    ...{ id: 1, code, name: "", protocol, family: "", clock_skew_s: null, open_gaps: 0, place: null },
    ...told,
    last_seen_at: seen,
  };
}

describe("the health of devices", () => {
  it.each([
    [30, "online"],
    [100, "late"],
    [200, "stale"],
    [null, "never"],
  ] as const)("grows old without a reload: heard %s s ago is %s", (heard, state) => {
    expect(deviceStanding(device("A", heard), NOW).state).toBe(state);
  });

  it("leaves a Sparkplug device as its edge node says", () => {
    expect(deviceStanding(device("A", 9999, "sparkplug"), NOW).state).toBe("online");
  });

  it("puts the worst first", () => {
    const all = [device("A", 1), device("B", 100), device("C", 500), device("D", null), device("E", 900)];
    expect(sortDevices(all, NOW).map((one) => one.code)).toEqual(["E", "C", "D", "B", "A"]);
  });

  it("hears what the stream tells, not what the platform marks", () => {
    const store = new Store();
    store.setDevices([device("A", 500), device("M", 500, "modbus")]);
    store.setSensors([
      { id: 1, code: "A.p", device: "A", latest: null } as unknown as Sensor,
      { id: 2, code: "M.p", device: "M", latest: null } as unknown as Sensor,
    ]);
    const state = (code: string) => deviceStanding(store.devices.get(code) as Device, NOW).state;
    hear(store, [{ id: 1, at: ago(0), value: 4, quality: 500 }], NOW);
    hear(store, [{ id: 2, at: ago(0), value: null, quality: 0 }], NOW);
    expect([state("A"), state("M")]).toEqual(["stale", "stale"]);
    hear(store, [{ id: 1, at: ago(0), value: 4, quality: 192 }], NOW);
    expect(state("A")).toBe("online");
  });
});
