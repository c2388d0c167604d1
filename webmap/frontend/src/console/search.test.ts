import { expect, test } from "vitest";
import type { SearchHit } from "../api/types";
import { exactFirst } from "./search";

test("what bears the code asked for comes before a sensor that only holds it", () => {
  const hit = (code: string) => ({ kind: "pipe", code, label: code }) as SearchHit;
  const found = [hit("FM-p227.flow_l_s"), hit("p2270"), hit("P227"), hit("p227b")];
  const codes = exactFirst(found, "p227").map((one) => one.code);
  expect(codes).toEqual(["P227", "FM-p227.flow_l_s", "p2270", "p227b"]);
});
