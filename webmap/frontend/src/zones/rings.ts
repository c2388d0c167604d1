import type { Feature, MultiPolygon, Polygon, Position } from "geojson";

/** A polygon of a zone as it is edited: its outer line; holes are kept aside and put back. */
export interface Part {
  outer: Position[];
  holes: Position[][];
}

/** Take a zone apart into its polygons. */
export function partsOf(geometry: MultiPolygon): Part[] {
  return geometry.coordinates.map(([outer, ...holes]) => ({ outer: outer ?? [], holes }));
}

/** Put polygons back together as one zone, each hole in the first polygon whose box holds it. */
export function joined(polygons: Polygon[], holes: Position[][]): MultiPolygon {
  const coordinates = polygons.map((one) => [one.coordinates[0] ?? []]);
  for (const hole of holes) coordinates.find(([outer]) => holds(outer ?? [], hole))?.push(hole);
  return { type: "MultiPolygon", coordinates };
}

/** Say in one word what was drawn: nothing yet, or something to save. */
export function isPolygon(one: Feature): one is Feature<Polygon> {
  return one.geometry.type === "Polygon" && (one.geometry.coordinates[0]?.length ?? 0) >= 4;
}

function holds(outer: Position[], hole: Position[]): boolean {
  const xs = outer.map((at) => at[0] as number);
  const ys = outer.map((at) => at[1] as number);
  const [west, east] = [Math.min(...xs), Math.max(...xs)];
  const [south, north] = [Math.min(...ys), Math.max(...ys)];
  return hole.every(([x = 0, y = 0]) => x >= west && x <= east && y >= south && y <= north);
}
