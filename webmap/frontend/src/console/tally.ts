import { type MapMouseEvent, type Map as MapView, type PaddingOptions, Popup } from "maplibre-gl";
import { get, type Page } from "../api/client";
import { plural, t } from "../i18n";
import { CELLS, type CellLayer } from "../map/cells";
import { h } from "../ui/h";
import type { Store } from "./store";

const LAYERS = Object.keys(CELLS) as CellLayer[];
const CLOSER = 2;
const MOST_LISTED = 60;
/** Degrees around a building: less than a metre. */
const AROUND = 0.000005;

const WORDS: Record<CellLayer, string> = {
  "water-cells": "cell.water",
  "electricity-cells": "cell.electricity",
  "points-cells": "incident.points",
  "zones-cells": "cell.zones",
};

type Properties = Record<string, unknown>;

/** Say how many a cell stands for while the pointer is on it. */
export function startTally(map: MapView): void {
  const popup = new Popup({ closeButton: false, closeOnClick: false, className: "tally", offset: 12 });
  map.on("mousemove", (event) => {
    const lines = linesAt(map, event);
    if (!lines.length) popup.remove();
    else {
      popup
        .setLngLat(event.lngLat)
        .setDOMContent(h("div", {}, ...lines.map((line) => h("div", {}, line))))
        .addTo(map);
    }
  });
  map.on("mouseout", () => popup.remove());
}

/** Go nearer to a cell, where its elements may be drawn one by one. */
export function openCell(map: MapView, event: MapMouseEvent): void {
  map.easeTo({ center: event.lngLat, zoom: map.getZoom() + CLOSER, duration: 140 });
}

/** List the connection points of a building, each to be chosen. */
export async function openShared(
  map: MapView,
  store: Store,
  event: MapMouseEvent,
  properties: Properties,
  room: PaddingOptions,
): Promise<void> {
  const network = String(properties["network"]);
  const list = h("ul", { class: "tally-list" });
  const heading = h("h3", {}, plural(WORDS["points-cells"], Number(properties["count"])));
  const popup = new Popup({ className: "tally", maxWidth: "18rem", focusAfterOpen: false, padding: room })
    .setLngLat(event.lngLat)
    .setDOMContent(h("div", { "data-testid": "shared-points" }, heading, list))
    .addTo(map);
  const { lng, lat } = pointOf(map, event) ?? event.lngLat;
  const box = [lng - AROUND, lat - AROUND, lng + AROUND, lat + AROUND].join(",");
  const page = await get<Page>(
    `/api/v1/connection-points/?bbox=${box}&network=${encodeURIComponent(network)}&limit=${MOST_LISTED}`,
  ).catch(() => ({ features: [] }) as Page);
  const codes = (page.features ?? []).map((row) => (row as { properties: { code: string } }).properties.code);
  list.append(
    ...codes.map((code) =>
      h(
        "li",
        {},
        h(
          "button",
          {
            type: "button",
            onclick: () => {
              popup.remove();
              store.select({ what: "element", network, kind: "connection_point", code });
            },
          },
          h("bdi", {}, code),
        ),
      ),
    ),
  );
  if (Number(properties["count"]) > codes.length) list.append(h("li", { class: "muted" }, t("cell.not_all")));
}

function linesAt(map: MapView, event: MapMouseEvent): string[] {
  const layers = LAYERS.filter((layer) => map.getLayer(layer));
  const found = map.queryRenderedFeatures(event.point, { layers });
  return layers.flatMap((layer) => {
    const feature = found.find((one) => one.layer.id === layer);
    return feature ? [plural(WORDS[layer], Number(feature.properties["count"]))] : [];
  });
}

/** The building's own place: the pointer is only near it. */
function pointOf(map: MapView, event: MapMouseEvent): { lng: number; lat: number } | null {
  const { x, y } = event.point;
  const near = map.queryRenderedFeatures(
    [
      [x - 6, y - 6],
      [x + 6, y + 6],
    ],
    { layers: ["points"] },
  );
  const shape = near.find((one) => one.properties["kind"] === "connection_points")?.geometry;
  return shape?.type === "Point"
    ? { lng: Number(shape.coordinates[0]), lat: Number(shape.coordinates[1]) }
    : null;
}
