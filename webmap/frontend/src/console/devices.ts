import { get, getAll, type Page } from "../api/client";
import type { Device, DeviceHealth, DeviceState } from "../api/types";
import { secondsSince } from "../format";
import type { Reading, Store } from "./store";

/** The states of a device, worst last: the map draws them in this order. */
export const DEVICE_STATES: DeviceState[] = ["online", "late", "never", "stale"];

const AGAIN_MS = 60_000;

/** How a device stands at an instant. A Sparkplug device is there as long as its edge node says so. */
export function deviceStanding(device: Device, now: number): { ageS: number; state: DeviceState } {
  if (!device.last_seen_at) return { ageS: Number.POSITIVE_INFINITY, state: "never" };
  const ageS = secondsSince(device.last_seen_at, now);
  if (device.protocol === "sparkplug") return { ageS, state: device.state };
  if (ageS > device.stale_after_s) return { ageS, state: "stale" };
  return { ageS, state: ageS > device.late_after_s ? "late" : "online" };
}

/** Order devices as someone works who looks after them: the worst first, the longest silent before others. */
export function sortDevices(devices: Iterable<Device>, now: number): Device[] {
  const rank = (device: Device) => -DEVICE_STATES.indexOf(deviceStanding(device, now).state);
  return [...devices].sort(
    (a, b) =>
      rank(a) - rank(b) ||
      (a.last_seen_at ?? "").localeCompare(b.last_seen_at ?? "") ||
      a.code.localeCompare(b.code),
  );
}

/** Every device the person may see. */
async function loadDevices(): Promise<Device[]> {
  const features = (page: Page) => (page.features ?? []) as GeoJSON.Feature[];
  const found = await getAll("/api/v1/devices/?limit=2000", features, 20_000);
  return found.map((feature) => ({
    ...(feature.properties as unknown as Device),
    id: Number(feature.id),
    place: feature.geometry?.type === "Point" ? (feature.geometry.coordinates as [number, number]) : null,
  }));
}

export function loadDeviceHealth(code: string, signal?: AbortSignal): Promise<DeviceHealth> {
  return get(`/api/v1/devices/${encodeURIComponent(code)}/health/`, signal);
}

/** Keep the devices known while someone looks at them; the returned function asks whether that is so now. */
export function startDevices(store: Store, wanted: () => boolean): () => void {
  let loadedAt = Number.NEGATIVE_INFINITY;
  const look = () => {
    if (document.visibilityState !== "visible" || !wanted() || Date.now() - loadedAt < AGAIN_MS) return;
    loadedAt = Date.now();
    void loadDevices().then(
      (devices) => store.setDevices(devices),
      () => store.fail("devices"),
    );
  };
  store.on("selection", look);
  window.setInterval(look, AGAIN_MS / 12);
  look();
  return look;
}

/** What the stream tells was just heard, but for marks of the platform: what went stale, or did not answer. */
export function hear(store: Store, readings: Reading[], now: number): void {
  for (const { id, quality } of readings) {
    const device = store.devices.get(store.byId.get(id)?.device ?? "");
    if (!device || quality === 500 || (quality === 0 && device.protocol === "modbus")) continue;
    device.last_seen_at = new Date(now).toISOString();
  }
}
