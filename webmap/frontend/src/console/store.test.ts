import { describe, expect, it } from "vitest";
import type { Alarm, Sensor } from "../api/types";
import { folded, Store, sortAlarms, sortSensors } from "./store";

const sensor = (id: number, code: string, more: Partial<Sensor> = {}) =>
  ({
    id,
    code,
    name: "",
    quantity: "pressure",
    cumulative: false,
    latest: null,
    limits: [],
    ...more,
  }) as Sensor;
const latest = { value: 1, at: "2026-01-01T00:00:00Z", quality: 192 };
const alarm = (id: number, state: string, priority: number, raised_at: string, version = 1) =>
  ({ id, state, priority, raised_at, version }) as Alarm;

describe("values", () => {
  it("never go back in device time", () => {
    const store = new Store();
    store.setSensors([sensor(1, "a")]);
    store.takeReadings([{ id: 1, at: "2026-01-01T00:00:10Z", value: 2, quality: 192 }]);
    store.takeReadings([{ id: 1, at: "2026-01-01T00:00:05.500Z", value: 1, quality: 192 }]);
    expect(store.sensors.get("a")?.latest?.value).toBe(2);
  });

  it("tell of a sensor the page has not heard of", () => {
    const store = new Store();
    store.setSensors([sensor(1, "a")]);
    expect(store.takeReadings([{ id: 9, at: "2026-01-01T00:00:00Z", value: 2, quality: 192 }])).toBe(true);
  });

  it("are kept when the stream is faster than the list of sensors", () => {
    const store = new Store();
    store.takeReadings([{ id: 1, at: "2026-01-01T00:00:10Z", value: 2, quality: 192 }]);
    store.takeReadings([{ id: 1, at: "2026-01-01T00:00:05Z", value: 1, quality: 192 }]);
    store.setSensors([sensor(1, "a", { latest })]);
    expect(store.sensors.get("a")?.latest?.value).toBe(2);
  });

  it("survive a later answer of the API that knows less", () => {
    const store = new Store();
    store.setSensors([sensor(1, "a", { latest: { value: 2, at: "2026-01-01T00:00:10Z", quality: 192 } })]);
    store.setSensors([sensor(1, "a", { latest: { value: 1, at: "2026-01-01T00:00:00Z", quality: 192 } })]);
    expect(store.sensors.get("a")?.latest?.value).toBe(2);
  });
});

describe("alarms", () => {
  it("leave the list when they are normal again", () => {
    const store = new Store();
    store.setAlarms([alarm(1, "active_acknowledged", 1, "")]);
    store.takeAlarm(alarm(1, "normal", 1, "", 2));
    expect(store.alarms.size).toBe(0);
  });

  it("stay as the stream told them when an older answer of the API comes late", () => {
    const store = new Store();
    store.takeAlarm(alarm(1, "active_unacknowledged", 1, "", 1));
    store.takeAlarm(alarm(2, "normal", 1, "", 3));
    store.addAlarms([alarm(2, "active_acknowledged", 1, "", 2), alarm(3, "active_acknowledged", 1, "", 1)]);
    expect([...store.alarms.keys()]).toEqual([1, 3]);
  });

  it("start over from a snapshot", () => {
    const store = new Store();
    store.takeAlarm(alarm(1, "active_unacknowledged", 1, "", 1));
    store.setAlarms([alarm(2, "active_acknowledged", 1, "", 1)]);
    expect([...store.alarms.keys()]).toEqual([2]);
  });

  it("ignore news older than what is known", () => {
    const store = new Store();
    store.setAlarms([alarm(1, "active_acknowledged", 1, "", 3)]);
    store.takeAlarm(alarm(1, "active_unacknowledged", 1, "", 2));
    expect(store.alarms.get(1)?.state).toBe("active_acknowledged");
  });

  it("stand as an operator works: unacknowledged, then priority, then newest", () => {
    const order = sortAlarms([
      alarm(1, "active_acknowledged", 1, "2026-01-01"),
      alarm(2, "active_unacknowledged", 2, "2026-01-01"),
      alarm(3, "active_unacknowledged", 1, "2026-01-01"),
      alarm(4, "active_unacknowledged", 1, "2026-01-02"),
      alarm(5, "shelved", 1, "2026-01-02"),
    ]).map((a) => a.id);
    expect(order).toEqual([4, 3, 2, 1, 5]);
  });

  it("leaves the map when it is set aside, and not the list", () => {
    const store = new Store();
    for (const one of [alarm(1, "shelved", 1, ""), alarm(2, "active_acknowledged", 1, "")])
      store.takeAlarm(one);
    expect([...store.drawnAlarms()].map(({ id }) => id)).toEqual([2]);
    expect(store.alarms.size).toBe(2);
  });
});

describe("lists", () => {
  it("put what tells about the network before customers' registers, by number", () => {
    const codes = sortSensors([
      sensor(1, "AMR-n2.volume_m3", { cumulative: true, latest }),
      sensor(2, "PL-n10.p", { latest }),
      sensor(3, "PL-n9.p", { latest }),
      sensor(4, "FM-1.f", { quantity: "flow", latest }),
      sensor(5, "FM-0.f", { quantity: "flow" }),
    ]).map((s) => s.code);
    expect(codes).toEqual(["FM-1.f", "PL-n9.p", "PL-n10.p", "FM-0.f", "AMR-n2.volume_m3"]);
  });

  it("are filtered by what people type, in French and Arabic", () => {
    expect(folded("Débit")).toBe("debit");
    expect(folded("إنذارات المحطّة")).toBe(folded("انذارات المحطه"));
  });
});

describe("looking back", () => {
  const then = { value: 7, at: "2025-12-31T12:00:00Z", quality: 192 };
  const at = Date.parse("2025-12-31T12:00:30Z");

  it("shows the values of then, and on return what came meanwhile", () => {
    const store = new Store();
    store.setSensors([sensor(1, "a", { latest }), sensor(2, "b", { latest })]);
    store.lookBack(at, new Map([[1, then]]), []);
    expect(store.now()).toBe(at);
    expect([store.sensors.get("a")?.latest, store.sensors.get("b")?.latest]).toEqual([then, null]);
    store.takeReadings([{ id: 1, at: "2026-01-01T00:00:10Z", value: 2, quality: 192 }]);
    expect(store.sensors.get("a")?.latest).toEqual(then);
    store.lookAhead();
    expect(store.sensors.get("a")?.latest?.value).toBe(2);
    expect(store.sensors.get("b")?.latest).toEqual(latest);
  });

  it("draws the alarms of then and keeps the list of now", () => {
    const store = new Store();
    store.takeAlarm(alarm(1, "active_unacknowledged", 1, "2026-01-01T00:00:00Z"));
    const old = alarm(9, "active_acknowledged", 2, "2025-12-31T11:00:00Z");
    store.lookBack(at, new Map(), [old]);
    expect([...store.drawnAlarms()]).toEqual([old]);
    expect([...store.alarms.keys()]).toEqual([1]);
    store.lookAhead();
    expect([...store.drawnAlarms()].map(({ id }) => id)).toEqual([1]);
  });

  it("keeps a sensor heard of meanwhile for the return", () => {
    const store = new Store();
    store.setSensors([sensor(1, "a", { latest })]);
    store.lookBack(at, new Map(), []);
    store.setSensors([sensor(1, "a", { latest }), sensor(3, "c", { latest })]);
    expect(store.sensors.get("c")?.latest).toBeNull();
    store.lookAhead();
    expect(store.sensors.get("c")?.latest).toEqual(latest);
  });
});
