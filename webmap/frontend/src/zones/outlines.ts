import type { FeatureCollection, Position } from "geojson";
import type {
  ExpressionSpecification,
  FilterSpecification,
  LngLatBoundsLike,
  Map as MapView,
} from "maplibre-gl";
import { language } from "../i18n";
import { palette } from "../map/palette";
import { TEXT_FONT } from "../map/style";

const role = (...names: string[]): ExpressionSpecification => ["in", ["get", "role"], ["literal", names]];

/** Keep the former outlines that were asked for. */
export function isShown(former: ReadonlySet<number>): FilterSpecification {
  return ["all", role("former"), ["in", ["get", "outline"], ["literal", [...former]]]];
}

/** Draw zones, what they were, their neighbours and what is proposed: by line, not by colour alone. */
export function addOutlines(
  map: MapView,
  outlines: FeatureCollection,
  { former, editing }: { former: ReadonlySet<number>; editing: boolean },
): void {
  const colours = palette();
  const ofUtility: ExpressionSpecification = [
    "match",
    ["coalesce", ["get", "utility"], ""],
    ["water"],
    colours.water,
    ["electricity"],
    colours.electricity,
    ["sewerage"],
    colours.sewerage,
    colours.ink2,
  ];
  map.addSource("outlines", { type: "geojson", data: outlines });
  map.addLayer({
    id: "zones-area",
    type: "fill",
    source: "outlines",
    filter: editing ? role("neighbour") : role("zone", "neighbour", "proposal"),
    paint: { "fill-color": ofUtility, "fill-opacity": ["match", ["get", "role"], "neighbour", 0.03, 0.1] },
  });
  map.addLayer({
    id: "zones-edge",
    type: "line",
    source: "outlines",
    filter: editing ? role("neighbour") : role("zone", "neighbour"),
    layout: { "line-join": "round" },
    paint: {
      "line-color": ofUtility,
      "line-width": [
        "match",
        ["get", "role"],
        "neighbour",
        1,
        ["match", ["get", "kind"], "commune", 2.5, 1.5],
      ],
    },
  });
  map.addLayer({
    id: "proposals-edge",
    type: "line",
    source: "outlines",
    filter: role("proposal"),
    paint: { "line-color": ofUtility, "line-width": 2, "line-dasharray": [3, 2] },
  });
  map.addLayer({
    id: "former-line",
    type: "line",
    source: "outlines",
    filter: isShown(former),
    paint: { "line-color": colours.ink2, "line-width": 2, "line-dasharray": [1, 2] },
  });
  map.addLayer({
    id: "zones-name",
    type: "symbol",
    source: "outlines",
    filter: editing ? role("neighbour") : role("zone", "neighbour", "proposal"),
    layout: {
      "text-field": ["get", language === "ar" ? "name_ar" : "name_fr"],
      "text-font": TEXT_FONT,
      "text-size": 12,
    },
    paint: { "text-color": colours.ink, "text-halo-color": colours.ground, "text-halo-width": 2 },
  });
}

/** Return the box around the outlines, or around the zone itself; null where there is nothing. */
export function boundsOf(outlines: FeatureCollection, zoneOnly: boolean): LngLatBoundsLike | null {
  const box: [number, number, number, number] = [180, 90, -180, -90];
  const take = (at: Position) => {
    box[0] = Math.min(box[0], at[0] as number);
    box[1] = Math.min(box[1], at[1] as number);
    box[2] = Math.max(box[2], at[0] as number);
    box[3] = Math.max(box[3], at[1] as number);
  };
  const own = outlines.features.filter((one) => one.properties?.["role"] === "zone");
  for (const one of zoneOnly && own.length ? own : outlines.features)
    if (one.geometry.type === "MultiPolygon") one.geometry.coordinates.flat(2).forEach(take);
  return box[0] <= box[2] ? box : null;
}
