import { describe, expect, it } from "vitest";
import { isPolygon, joined, partsOf } from "./rings";

const square = (x: number, side = 10) => [
  [x, 0],
  [x + side, 0],
  [x + side, side],
  [x, side],
  [x, 0],
];

describe("a zone taken apart and put together again", () => {
  it("keeps its polygons and puts each hole where it was", () => {
    const hole = [
      [22, 2],
      [24, 2],
      [24, 4],
      [22, 2],
    ];
    const zone = { type: "MultiPolygon" as const, coordinates: [[square(0)], [square(20), hole]] };
    const parts = partsOf(zone);
    const polygons = parts.map((one) => ({ type: "Polygon" as const, coordinates: [one.outer] }));
    expect(
      joined(
        polygons,
        parts.flatMap((one) => one.holes),
      ),
    ).toEqual(zone);
  });

  it("drops a hole that no polygon holds any more", () => {
    const polygons = [{ type: "Polygon" as const, coordinates: [square(0)] }];
    expect(joined(polygons, [square(50, 1)]).coordinates).toEqual([[square(0)]]);
  });

  it("takes nothing for an outline that has no ground", () => {
    const feature = (coordinates: number[][][]) => ({
      type: "Feature" as const,
      properties: {},
      geometry: { type: "Polygon" as const, coordinates },
    });
    expect(isPolygon(feature([square(0)]))).toBe(true);
    expect(isPolygon(feature([square(0).slice(0, 3)]))).toBe(false);
  });
});
