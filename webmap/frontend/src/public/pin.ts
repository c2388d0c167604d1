import * as maplibregl from "maplibre-gl";
import { language, t } from "../i18n";
import { createMap } from "../map/create";
import { palette } from "../map/palette";
import { TEXT_FONT } from "../map/style";

/** Open a map with a pin that can be dragged, clicked or set with Enter; return how to move it from outside. */
export async function openPin(
  frame: HTMLElement,
  at: [number, number],
  placed: boolean,
  choose: (at: [number, number]) => void,
): Promise<(at: [number, number]) => void> {
  const map = await createMap({
    container: frame,
    centre: at,
    zoom: placed ? 16 : 14,
    attribution: frame.dataset["attribution"] ?? "",
    basemap: frame.dataset["basemap"] ?? "",
    draw: drawZones,
  });
  const pin = new maplibregl.Marker({ draggable: true, color: palette().brand }).setLngLat(at);
  if (placed) pin.addTo(map);
  const put = (to: [number, number]) => {
    pin.setLngLat(to).addTo(map);
    choose(to);
  };
  map.on("click", (event) => put([event.lngLat.lng, event.lngLat.lat]));
  pin.on("dragend", () => put(pin.getLngLat().toArray()));
  map.getCanvas().setAttribute("aria-label", t("report.map_label"));
  map.getCanvas().addEventListener("keydown", (event) => {
    if (event.key === "Enter") put(map.getCenter().toArray());
  });
  return (to) => {
    pin.setLngLat(to).addTo(map);
    map.easeTo({ center: to, zoom: Math.max(map.getZoom(), 16) });
  };
}

/** The public sees the zones, not the networks. */
function drawZones(map: maplibregl.Map): void {
  const colours = palette();
  const zones = { source: "zones", "source-layer": "zones" } as const;
  const url = `${location.origin}/tiles/zones/{z}/{x}/{y}.mvt`;
  map.addSource("zones", { type: "vector", tiles: [url], minzoom: 8, maxzoom: 17 });
  map.addLayer({
    id: "zones-fill",
    type: "fill",
    ...zones,
    filter: ["in", ["get", "kind"], ["literal", ["dma", "district"]]],
    paint: { "fill-color": colours.ink, "fill-opacity": 0.05 },
  });
  map.addLayer({
    id: "zones-line",
    type: "line",
    ...zones,
    filter: ["!=", ["get", "kind"], "transformer"],
    paint: { "line-color": colours.ink3, "line-width": 1, "line-dasharray": [4, 3] },
  });
  map.addLayer({
    id: "zones-label",
    type: "symbol",
    ...zones,
    filter: ["in", ["get", "kind"], ["literal", ["dma", "district"]]],
    layout: {
      "text-field": ["coalesce", ["get", language === "ar" ? "name_ar" : "name_fr"], ["get", "code"]],
      "text-font": TEXT_FONT,
      "text-size": 13,
    },
    paint: { "text-color": colours.ink2, "text-halo-color": colours.ground, "text-halo-width": 2 },
  });
}
