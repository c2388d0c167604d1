import type { GeoJSONSource, Map as MapView } from "maplibre-gl";
import type { Device } from "../api/types";
import { DEVICE_STATES, deviceStanding } from "../console/devices";
import { isNews } from "./told";

/** Add the devices by their health: a mark beside what they measure, the worst on top. */
export function addDevices(map: MapView): void {
  map.addSource("devices", { type: "geojson", data: { type: "FeatureCollection", features: [] } });
  map.addLayer({
    id: "devices",
    type: "symbol",
    source: "devices",
    layout: {
      "icon-image": ["concat", "device-", ["get", "state"]],
      // From afar, what is heard is a dot in grey, and what is not stands out.
      "icon-size": [
        "interpolate",
        ["linear"],
        ["zoom"],
        11,
        ["case", ["==", ["get", "state"], "online"], 0.3, 0.7],
        14,
        ["case", ["==", ["get", "state"], "online"], 0.5, 0.8],
        15.5,
        0.9,
        18,
        1.1,
      ],
      "icon-offset": ["step", ["zoom"], ["literal", [0, 0]], 14, ["literal", [16, -16]]],
      "icon-allow-overlap": true,
      "icon-ignore-placement": true,
      "symbol-sort-key": ["get", "rank"],
    },
  });
}

/** Put the devices on the map as they stand, where something about them changed. */
export function showDevices(map: MapView, devices: Iterable<Device>, now: number): void {
  const source = map.getSource("devices") as GeoJSONSource | undefined;
  if (!source) return;
  const features: GeoJSON.Feature[] = [];
  for (const device of devices) {
    if (!device.place) continue;
    const { state } = deviceStanding(device, now);
    features.push({
      type: "Feature",
      id: device.id,
      geometry: { type: "Point", coordinates: device.place },
      properties: { code: device.code, state, rank: DEVICE_STATES.indexOf(state) },
    });
  }
  const inShort = features.map((one) => `${one.id}${one.properties?.["rank"]}`).join();
  if (isNews(map, "devices", inShort)) source.setData({ type: "FeatureCollection", features });
}
