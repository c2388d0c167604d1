import type { Alarm, Device, Incident, Latest, Sensor, Zone } from "../api/types";
import type { LiveState } from "../live/stream";
import type { Selection } from "./view";

type Topic =
  | "sensors"
  | "devices"
  | "readings"
  | "alarms"
  | "incidents"
  | "orders"
  | "zones"
  | "selection"
  | "live"
  | "past";
type Listener = () => void;

export interface Reading {
  id: number;
  at: string;
  value: number | null;
  quality: number;
}

/** Whether a value is at least as new, in device time, as the one held. */
function newer(value: { at: string }, held: { at: string } | null | undefined): boolean {
  return !held || Date.parse(value.at) >= Date.parse(held.at);
}

/** How the day's orders stand. */
export interface OrderCounts {
  open: number;
  underWay: number;
  done: number;
}

/** What the control room knows at this moment. Parts of the page listen to the topics they show. */
export class Store {
  readonly sensors = new Map<string, Sensor>();
  readonly byId = new Map<number, Sensor>();
  readonly alarms = new Map<number, Alarm>();
  readonly devices = new Map<string, Device>();
  zones: Zone[] = [];
  incidents: Incident[] = [];
  orders: OrderCounts | null = null;
  selected: Selection | null = null;
  live: LiveState = "waiting";
  /** The instant looked back at, or null: the present. The list of alarms stays with the present. */
  past: number | null = null;
  /** Alarms that stood at that instant. */
  pastAlarms: Alarm[] = [];
  /** Whether the alarms and the sensors are known, or could not be read. Not knowing is not "none". */
  known: Record<"alarms" | "sensors" | "incidents" | "devices", "loading" | "yes" | "failed"> = {
    alarms: "loading",
    sensors: "loading",
    incidents: "loading",
    devices: "loading",
  };
  /** Which sensors moved since the list was last drawn. */
  readonly moved = new Set<string>();
  /** The newest value of sensors not known yet: the stream may be faster than the list. */
  private readonly early = new Map<number, Reading>();
  /** The newest version seen of each alarm, those that have left the list included. */
  private readonly versions = new Map<number, number>();
  /** While the past is looked at: the newest values meanwhile. */
  private readonly held = new Map<number, Latest | null>();
  private readonly listeners = new Map<Topic, Set<Listener>>();

  on(topic: Topic, listener: Listener): void {
    const set = this.listeners.get(topic) ?? new Set();
    set.add(listener);
    this.listeners.set(topic, set);
  }

  tell(topic: Topic): void {
    for (const listener of this.listeners.get(topic) ?? []) listener();
  }

  setSensors(sensors: Sensor[]): void {
    this.known.sensors = "yes";
    for (const sensor of sensors) {
      if (this.past !== null) {
        const held = this.held.get(sensor.id);
        if (!held || (sensor.latest && newer(sensor.latest, held))) this.held.set(sensor.id, sensor.latest);
        sensor.latest = null;
      }
      for (const latest of [this.sensors.get(sensor.code)?.latest, this.early.get(sensor.id)])
        if (latest && newer(latest, sensor.latest)) sensor.latest = latest;
      this.early.delete(sensor.id);
      this.sensors.set(sensor.code, sensor);
      this.byId.set(sensor.id, sensor);
    }
    this.tell("sensors");
  }

  /** Take the devices as the server tells them; one heard since stays so. */
  setDevices(devices: Device[]): void {
    this.known.devices = "yes";
    const before = new Map(this.devices);
    this.devices.clear();
    for (const device of devices) {
      const heard = before.get(device.code)?.last_seen_at ?? "";
      if (heard > (device.last_seen_at ?? "")) device.last_seen_at = heard;
      this.devices.set(device.code, device);
    }
    this.tell("devices");
  }

  /** Take new values; a value never goes back in device time. Returns whether an unknown sensor spoke. */
  takeReadings(readings: Reading[]): boolean {
    let unknown = false;
    for (const reading of readings) {
      const sensor = this.byId.get(reading.id);
      if (!sensor) {
        unknown = true;
        if (newer(reading, this.early.get(reading.id))) this.early.set(reading.id, reading);
        continue;
      }
      const latest = { value: reading.value, at: reading.at, quality: reading.quality };
      if (this.past !== null) {
        if (newer(reading, this.held.get(reading.id))) this.held.set(reading.id, latest);
        continue;
      }
      if (!newer(reading, sensor.latest)) continue;
      sensor.latest = latest;
      this.moved.add(sensor.code);
    }
    if (this.past === null) this.tell("readings");
    return unknown;
  }

  /** The instant shown, in milliseconds. */
  now(): number {
    return this.past ?? Date.now();
  }

  /** The alarms to draw on the map: none that was set aside. */
  drawnAlarms(): Iterable<Alarm> {
    return this.past === null ? [...this.alarms.values()].filter((one) => !isAside(one)) : this.pastAlarms;
  }

  /** Show what the sensors said at an instant; what the stream tells meanwhile is kept for the return. */
  lookBack(at: number, values: Map<number, Latest>, alarms: Alarm[]): void {
    for (const sensor of this.sensors.values()) {
      if (!this.held.has(sensor.id)) this.held.set(sensor.id, sensor.latest);
      sensor.latest = values.get(sensor.id) ?? null;
      this.moved.add(sensor.code);
    }
    this.past = at;
    this.pastAlarms = alarms;
    this.tell("past");
    this.tell("readings");
  }

  /** Return to the present. */
  lookAhead(): void {
    for (const sensor of this.sensors.values()) {
      sensor.latest = this.held.get(sensor.id) ?? null;
      this.moved.add(sensor.code);
    }
    this.held.clear();
    this.past = null;
    this.pastAlarms = [];
    this.tell("past");
    this.tell("readings");
  }

  /** Take one alarm as it now stands; one that is normal again leaves the list. */
  takeAlarm(alarm: Alarm): void {
    this.put(alarm);
    this.tell("alarms");
  }

  /** Take alarms asked for a moment ago: what the stream has told since is newer and stays. */
  addAlarms(alarms: Alarm[]): void {
    this.known.alarms = "yes";
    for (const alarm of alarms) this.put(alarm);
    this.tell("alarms");
  }

  /** Start over from the stream's snapshot, which holds every alarm as it stands. */
  setAlarms(alarms: Alarm[]): void {
    this.known.alarms = "yes";
    this.alarms.clear();
    for (const alarm of alarms) this.put(alarm);
    this.tell("alarms");
  }

  private put(alarm: Alarm): void {
    if ((this.versions.get(alarm.id) ?? 0) > alarm.version) return;
    this.versions.set(alarm.id, alarm.version);
    if (alarm.state === "normal") this.alarms.delete(alarm.id);
    else this.alarms.set(alarm.id, alarm);
  }

  /** Say that a list could not be read; what was known before stays. */
  fail(what: "alarms" | "sensors" | "incidents" | "devices"): void {
    if (this.known[what] === "yes") return;
    this.known[what] = "failed";
    this.tell(what);
  }

  select(selection: Selection | null): void {
    this.selected = selection;
    this.tell("selection");
  }
}

const RANK: Record<string, number> = {
  active_unacknowledged: 0,
  cleared_unacknowledged: 1,
  active_acknowledged: 2,
};

/** Whether an alarm is shelved, suppressed or out of service: it asks nothing of anybody. */
export function isAside(alarm: Alarm): boolean {
  return !(alarm.state in RANK);
}

/** Order alarms as an operator works: unacknowledged first, set aside last, by priority, the newest first. */
export function sortAlarms(alarms: Iterable<Alarm>): Alarm[] {
  return [...alarms].sort(
    (a, b) =>
      (RANK[a.state] ?? 3) - (RANK[b.state] ?? 3) ||
      a.priority - b.priority ||
      (b.raised_at ?? "").localeCompare(a.raised_at ?? "") ||
      b.id - a.id,
  );
}

const QUANTITIES = [
  "flow",
  "level",
  "pressure",
  "power",
  "voltage",
  "current",
  "temperature",
  "battery",
  "signal",
  "other",
  "state",
];

/** Order sensors: what tells most about the network first, customers' registers and the silent last, then by code. */
export function sortSensors(sensors: Iterable<Sensor>): Sensor[] {
  const rank = (s: Sensor) => (s.cumulative ? 99 : QUANTITIES.indexOf(s.quantity)) + (s.latest ? 0 : 50);
  const collator = new Intl.Collator("en", { numeric: true });
  return [...sensors].sort((a, b) => rank(a) - rank(b) || collator.compare(a.code, b.code));
}

/** Fold accents, case and Arabic letter forms, so that a filter finds what people type. */
export function folded(text: string): string {
  return text
    .normalize("NFKD")
    .replace(/[\u0300-\u036f\u0640\u064b-\u065f]/g, "")
    .replace(/ى/g, "ي")
    .replace(/ة/g, "ه")
    .toLowerCase();
}
