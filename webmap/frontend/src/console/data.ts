import { get, getAll, type Page, Problem, post } from "../api/client";
import type { Alarm, AllowedStep, Incident, LonLat, SearchHit, Sensor, Zone, ZoneSeries } from "../api/types";
import type { OrderCounts } from "./store";

type Properties = Record<string, unknown>;
type Feature = { id?: number | string; geometry?: GeoJSON.Geometry | null; properties: Properties };

const features = (page: Page) => (page.features ?? []) as Feature[];
const rows = (page: Page) => (page.results ?? page.features ?? []) as Properties[];

/** Every sensor the person may see. */
export async function loadSensors(): Promise<Sensor[]> {
  return (await getAll("/api/v1/sensors/?limit=1000", features, 20_000)).map(toSensor);
}

/** Every alarm that is not normal. */
export async function loadAlarms(): Promise<Alarm[]> {
  return (await getAll("/api/v1/alarms/?open=true&limit=500", features)).map((f) =>
    toAlarm({ ...f.properties, id: f.id ?? f.properties["id"] }, pointOf(f.geometry)),
  );
}

/** Every zone, with the box that shows it whole. */
export async function loadZones(): Promise<Zone[]> {
  return (await getAll("/api/v1/zones/?limit=500", features)).map((f) => ({
    ...(f.properties as unknown as Zone),
    id: Number(f.id),
    bbox: f.geometry ? boxOf(f.geometry) : null,
  }));
}

export async function loadIncidents(): Promise<Incident[]> {
  return (await getAll("/api/v1/incidents/?open=true&limit=200", rows)).map(toIncident);
}

const UNDER_WAY = new Set(["dispatched", "accepted", "en_route", "on_site", "paused", "rework"]);
const DONE = new Set(["work_done", "verified", "closed"]);

/** Count the orders: open, under way, done. */
export async function loadOrders(): Promise<OrderCounts> {
  const states = (await getAll("/api/v1/work-orders/?limit=500", rows)).map((row) => String(row["state"]));
  const underWay = states.filter((state) => UNDER_WAY.has(state)).length;
  const done = states.filter((state) => DONE.has(state)).length;
  const ended = states.filter((state) => DONE.has(state) || state === "cancelled").length;
  return { open: states.length - ended, underWay, done };
}

/** Find things by code, name or reference. */
export async function search(words: string, signal: AbortSignal): Promise<SearchHit[]> {
  const page = await get<{ results: Properties[] }>(`/api/v1/search/?q=${encodeURIComponent(words)}`, signal);
  return page.results.map((row) => ({
    kind: String(row["kind"]),
    code: String(row["code"]),
    network: (row["network"] as string | null) ?? null,
    label: String(row["label"] ?? row["name"] ?? row["code"]),
    place: lonLatOf(row),
    match: String(row["match"] ?? "code"),
    reference: String(row["reference"] ?? ""),
  }));
}

/** The alarms of a sensor, the newest first. */
export async function loadAlarmsOf(sensor: string, signal?: AbortSignal): Promise<Alarm[]> {
  const page = await get<Page>(`/api/v1/alarms/?limit=200&sensor=${encodeURIComponent(sensor)}`, signal);
  return features(page).map((f) => toAlarm({ ...f.properties, id: f.id ?? f.properties["id"] }, null));
}

/** What the sensors said, and which alarms stood, as of an instant. */
export interface Past {
  results: { sensor_id: number; at: string; value: number | null; quality: number; stale: boolean }[];
  alarms: { id: number; sensor_id: number; priority: number; state: string; raised_at: string }[];
}

export function loadPast(at: Date, signal?: AbortSignal): Promise<Past> {
  return get(`/api/v1/replay/?at=${at.toISOString()}`, signal);
}

export function loadZoneSeries(
  zone: string,
  what: "consumption" | "complaints",
  query: Record<string, string>,
): Promise<ZoneSeries> {
  return get(`/api/v1/zones/${encodeURIComponent(zone)}/${what}/?${new URLSearchParams(query)}`);
}

/** Facts of one element, or null where it cannot be found. */
export async function loadElement(
  named: Named,
): Promise<{ properties: Properties; place: LonLat | null } | null> {
  try {
    const found = await get<Feature>(elementAddress(named));
    return { properties: found.properties, place: found.geometry ? middleOf(found.geometry) : null };
  } catch (error) {
    if (error instanceof Problem && error.status === 404) return null;
    throw error;
  }
}

/** What names an element anywhere: a code is unique in its network and kind. */
export interface Named {
  network: string;
  kind: string;
  code: string;
}

/** Return the address of an element, or of what lies below it. */
export function elementAddress({ network, kind, code }: Named, below = ""): string {
  const list = ENDPOINTS[kind] ?? "nodes";
  return `/api/v1/${list}/${encodeURIComponent(code)}/${below}?${new URLSearchParams({ network, kind })}`;
}

const LINKS = [
  "pipe",
  "valve",
  "pump",
  "prv",
  "control_valve",
  "control-valve",
  "line",
  "switch",
  "transformer",
];
const ENDPOINTS: Record<string, string> = {
  ...Object.fromEntries(LINKS.map((kind) => [kind, "links"])),
  connection_point: "connection-points",
};

/** Move an alarm; answers with the alarm as it now stands. */
export async function moveAlarm(
  alarm: Alarm,
  to: string,
  asked: { reason: string; reasonCode: string; until: string | null },
): Promise<Alarm> {
  const answer = await post<Properties>(`/api/v1/alarms/${alarm.id}/transitions/`, {
    to,
    reason: asked.reason,
    reason_code: asked.reasonCode,
    until: asked.until,
    version: alarm.version,
  });
  const properties = (answer["properties"] as Properties | undefined) ?? answer;
  return toAlarm({ ...alarm, ...properties, id: alarm.id } as unknown as Properties, alarm.place);
}

/** Acknowledge every alarm of an event, as it was seen. */
export function acknowledgeGroup(id: number, version: number): Promise<unknown> {
  return post(`/api/v1/alarm-groups/${id}/acknowledge/`, { version });
}

export function toAlarm(row: Properties, place: LonLat | null): Alarm {
  return {
    ...(row as unknown as Alarm),
    id: Number(row["id"]),
    allowed: ((row["allowed"] as unknown[]) ?? []).map(toStep),
    place: place ?? lonLatOf(row),
  };
}

function toStep(step: unknown): AllowedStep {
  return typeof step === "string" ? { to: step, needs_reason: false } : (step as AllowedStep);
}

function toSensor(feature: Feature): Sensor {
  const properties = feature.properties as unknown as Sensor;
  return {
    ...properties,
    id: Number(feature.id ?? feature.properties["id"]),
    limits: properties.limits ?? [],
    latest: properties.latest ?? null,
    place: pointOf(feature.geometry),
  };
}

function toIncident(row: Properties): Incident {
  const properties = ((row["properties"] as Properties | undefined) ?? row) as unknown as Incident;
  return { ...properties, id: Number(row["id"] ?? properties.id), place: lonLatOf(row) };
}

/** Where a row of the API lies. */
export function lonLatOf(row: Properties): LonLat | null {
  const geometry = row["geometry"] as GeoJSON.Geometry | null | undefined;
  if (geometry) return middleOf(geometry);
  const [lon, lat] = [row["lon"], row["lat"]];
  return typeof lon === "number" && typeof lat === "number" ? [lon, lat] : null;
}

function pointOf(geometry: GeoJSON.Geometry | null | undefined): LonLat | null {
  return geometry ? middleOf(geometry) : null;
}

/** Return a point that stands for a geometry: itself, the middle of a line, the middle of the box. */
export function middleOf(geometry: GeoJSON.Geometry): LonLat | null {
  if (geometry.type === "Point") return geometry.coordinates.slice(0, 2) as LonLat;
  if (geometry.type === "LineString") {
    const [a, b] = [geometry.coordinates.at(0), geometry.coordinates.at(-1)];
    const middle = geometry.coordinates[Math.floor(geometry.coordinates.length / 2)];
    if (geometry.coordinates.length > 2 && middle) return middle.slice(0, 2) as LonLat;
    return a && b ? [((a[0] ?? 0) + (b[0] ?? 0)) / 2, ((a[1] ?? 0) + (b[1] ?? 0)) / 2] : null;
  }
  const box = boxOf(geometry);
  return box ? [(box[0] + box[2]) / 2, (box[1] + box[3]) / 2] : null;
}

/** Return the box around a geometry: west, south, east, north. */
export function boxOf(geometry: GeoJSON.Geometry): [number, number, number, number] | null {
  const box: [number, number, number, number] = [180, 90, -180, -90];
  const visit = (value: unknown): void => {
    if (!Array.isArray(value)) return;
    if (typeof value[0] === "number" && typeof value[1] === "number") {
      box[0] = Math.min(box[0], value[0]);
      box[1] = Math.min(box[1], value[1]);
      box[2] = Math.max(box[2], value[0]);
      box[3] = Math.max(box[3], value[1]);
    } else value.forEach(visit);
  };
  const parts = geometry.type === "GeometryCollection" ? geometry.geometries : [geometry];
  for (const part of parts) if ("coordinates" in part) visit(part.coordinates);
  return box[0] <= box[2] ? box : null;
}
