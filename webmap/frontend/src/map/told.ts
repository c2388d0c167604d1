import type { Map as MapView } from "maplibre-gl";

/** What each source of a map was last told, in short. */
const told = new WeakMap<MapView, Map<string, string>>();

/** Whether a source is to be told something new: what has not changed is not drawn again. */
export function isNews(map: MapView, source: string, inShort: string): boolean {
  const before = told.get(map) ?? new Map<string, string>();
  told.set(map, before);
  if (before.get(source) === inShort) return false;
  before.set(source, inShort);
  return true;
}

/** Forget what was told: the map was made anew. */
export function forgetTold(map: MapView): void {
  told.delete(map);
}
