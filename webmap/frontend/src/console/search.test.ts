import { expect, test } from "vitest";
import type { SearchHit } from "../api/types";
import { devicesFirst, exactFirst } from "./search";

test("what bears the code asked for comes before a sensor that only holds it", () => {
  const hit = (code: string) => ({ kind: "pipe", code, label: code }) as SearchHit;
  const found = [hit("FM-p227.flow_l_s"), hit("p2270"), hit("P227"), hit("p227b")];
  const codes = exactFirst(found, "p227").map((one) => one.code);
  expect(codes).toEqual(["P227", "FM-p227.flow_l_s", "p2270", "p227b"]);
});

test("a device comes before its sensors, and one that only holds the words after them", () => {
  const hit = (kind: string, code: string) => ({ kind, code, label: code }) as SearchHit;
  const known = [hit("dma", "PL"), hit("sensor", "PL-1.pressure_kpa")];
  const found = [hit("pipe", "pl-9"), hit("device", "PL-1"), hit("device", "FM-PL-2")];
  const codes = devicesFirst(known, found, "pl-").map((one) => one.code);
  expect(codes).toEqual(["PL", "PL-1", "PL-1.pressure_kpa", "pl-9", "FM-PL-2"]);
});
