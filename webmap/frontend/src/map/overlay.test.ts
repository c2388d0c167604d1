import type { Map as MapView } from "maplibre-gl";
import { expect, test } from "vitest";
import type { Sensor } from "../api/types";
import { showSensors } from "./overlay";
import { forgetTold } from "./told";

const NOW = Date.parse("2026-03-01T12:00:00Z");

function drawing(zoom: number): { map: MapView; times: () => number } {
  let times = 0;
  const source = { setData: () => (times += 1) };
  const map = { getZoom: () => zoom, getSource: () => source } as unknown as MapView;
  return { map, times: () => times };
}

function sensor(value: number, ageS: number): Sensor {
  const at = new Date(NOW - ageS * 1000).toISOString();
  const latest = { value, at, quality: 192 };
  return { id: 1, place: [-2.3, 34.9], expected_interval_s: 60, unit: "kPa", latest } as unknown as Sensor;
}

test("from afar, where no values are said, a map is drawn again only for what shows", () => {
  const { map, times } = drawing(13);
  showSensors(map, [sensor(400, 1)], NOW);
  showSensors(map, [sensor(401, 2)], NOW);
  expect(times()).toBe(1);
  showSensors(map, [sensor(401, 300)], NOW);
  expect(times()).toBe(2);
});

test("from near, each value that is written otherwise is drawn", () => {
  const { map, times } = drawing(15);
  showSensors(map, [sensor(400, 1)], NOW);
  showSensors(map, [sensor(400.001, 2)], NOW);
  expect(times()).toBe(1);
  showSensors(map, [sensor(402, 2)], NOW);
  expect(times()).toBe(2);
});

test("a map made anew is told everything again", () => {
  const { map, times } = drawing(13);
  showSensors(map, [sensor(400, 1)], NOW);
  forgetTold(map);
  showSensors(map, [sensor(400, 1)], NOW);
  expect(times()).toBe(2);
});
