/** What the API answers; the names are the serializers'. */
export type LonLat = [number, number];

export interface ElementRef {
  kind: string;
  code: string;
}

export interface Latest {
  value: number | null;
  at: string;
  quality: number;
  stale?: boolean;
}

export interface Limit {
  kind: "high" | "low" | "very_high" | "very_low";
  limit: number;
  priority: number;
}

export interface Sensor {
  id: number;
  code: string;
  name: string;
  device: string;
  quantity: string;
  unit: string;
  expected_interval_s: number;
  cumulative: boolean;
  network: string | null;
  element: ElementRef | null;
  latest: Latest | null;
  limits: Limit[];
  place: LonLat | null;
}

export type DeviceState = "online" | "late" | "stale" | "never";

export interface Device {
  id: number;
  code: string;
  name: string;
  protocol: string;
  family: string;
  /** As the server saw it; `deviceStanding` says how it stands now. */
  state: DeviceState;
  heard_every_s: number;
  late_after_s: number;
  stale_after_s: number;
  last_seen_at: string | null;
  clock_skew_s: number | null;
  open_gaps: number;
  place: LonLat | null;
}

/** A charge or a signal, as a device last told. */
export interface DeviceLevel {
  value: number;
  unit: string;
  at: string;
  low: boolean;
}

export interface DeviceHealth {
  device: Device;
  battery: DeviceLevel | null;
  signal: DeviceLevel | null;
  problems: string[];
  held: number;
  last_error: { text: string; at: string } | null;
  throughput: { hours: number[]; day: number };
}

export interface AllowedStep {
  to: string;
  needs_reason: boolean;
}

/** What an alarm's row says of the event it belongs to. */
export interface AlarmGroup {
  id: number;
  /** The alarm that stands for the event. */
  root_alarm: number;
  title: string;
  why: string;
  version: number;
}

export interface Alarm {
  id: number;
  sensor: string;
  sensor_id: number;
  name: string;
  /** What is wrong, in few words. */
  title: string;
  unit: string;
  quantity: string;
  kind: string;
  limit: number;
  /** The limit in words, in the reader's language. */
  limit_text: string;
  value: number | null;
  priority: number;
  state: string;
  state_label: string;
  raised_at: string | null;
  acknowledged_at: string | null;
  acknowledged_by: string | null;
  version: number;
  /** How often the platform has called for it, and when it did last: each call sounds once, anywhere. */
  calls: number;
  called_at: string | null;
  /** When nobody had acknowledged for too long, and who was on duty was told. */
  escalated_at: string | null;
  group: AlarmGroup | null;
  allowed: AllowedStep[];
  /** In words: safety, supply, instrument… */
  alarm_class_label: string;
  response: string;
  consequence: string;
  shelved_until: string | null;
  /** The planned work that keeps it quiet, and until when. */
  suppressed_for: string | null;
  suppressed_until: string | null;
  network: string | null;
  element: ElementRef | null;
  place: LonLat | null;
}

export interface Zone {
  id: number;
  code: string;
  kind: string;
  utility: string | null;
  parent: string | null;
  name: string;
  bbox: [number, number, number, number] | null;
}

export interface SeriesPoint {
  start: string;
  end: string;
  value: number | null;
  coverage: number | null;
}

export interface ZoneSeries {
  zone: string;
  unit: string;
  coverage: number | null;
  series: SeriesPoint[];
}

export interface SearchHit {
  kind: string;
  code: string;
  network: string | null;
  label: string;
  place: LonLat | null;
  /** Why it was found: code, reference, words, part or near. */
  match?: string;
  /** The old reference that led to it. */
  reference?: string;
}

export interface Incident {
  id: number;
  code: string;
  title: string;
  state: string;
  state_label: string;
  utility: string;
  group_label: string;
  affected: number | null;
  opened_at: string | null;
  expected_at: string | null;
  reports: number;
  alarms: number;
  orders: number;
  place: LonLat | null;
}

/** What a trace found, and what it says of it in the reader's language. */
export interface TraceResult {
  explanation: string[];
  warnings: string[];
  /** Links, valves and stale areas, told apart by `role`. */
  features: GeoJSON.Feature[];
  valves: (ElementRef & { role: string; feeds: boolean; place: LonLat | null })[];
  points: { code: string; place: LonLat | null; critical_kind: string; address: string }[];
  /** All customers; null where they were too many to count. */
  affected: number | null;
  elements: (ElementRef & { role: string })[];
  nearest: ElementRef | null;
}
