import type { FeatureCollection } from "geojson";
import type * as maplibregl from "maplibre-gl";
import { get } from "../api/client";
import { loadTexts, t } from "../i18n";
import { createMap } from "../map/create";
import { must } from "../ui/h";
import { addOutlines, boundsOf, isShown } from "./outlines";

/** Show the zones of a page on its map; on the drawing pages, draw on it. The form works without any of this. */
export async function startZones(frame: HTMLElement): Promise<void> {
  const [outlines] = await Promise.all([
    get<FeatureCollection>(frame.dataset["outlines"] ?? ""),
    loadTexts(),
  ]);
  const mode = frame.dataset["mode"] ?? "view";
  const former = new Set<number>();
  const map = await createMap({
    container: frame,
    centre: [Number(frame.dataset["lon"]), Number(frame.dataset["lat"])],
    zoom: 12,
    attribution: frame.dataset["attribution"] ?? "",
    basemap: frame.dataset["basemap"] ?? "",
    draw: (drawn) => addOutlines(drawn, outlines, { former, editing: mode === "edit" }),
  });
  // Its frame may have got its size while fonts and symbols were loading.
  map.resize();
  const bounds = boundsOf(outlines, mode === "edit" || mode === "line");
  if (bounds) map.fitBounds(bounds, { padding: 32, animate: false, maxZoom: 17 });
  map.getCanvas().setAttribute("aria-label", t("zones.map_label"));
  frame.dataset["ready"] = "";
  if (mode === "view") openOnClick(map, frame.dataset["page"] ?? "");
  else {
    const { startDrawing } = await import("./draw");
    startDrawing(map, mode, outlines, must<HTMLTextAreaElement>("[data-outline]"));
  }
  for (const box of document.querySelectorAll<HTMLInputElement>("[data-show-outline]"))
    box.addEventListener("change", () => {
      const id = Number(box.dataset["showOutline"]);
      if (box.checked) former.add(id);
      else former.delete(id);
      if (map.getLayer("former-line")) map.setFilter("former-line", isShown(former));
    });
}

/** A click on a zone opens its page, where that is another one. */
function openOnClick(map: maplibregl.Map, page: string): void {
  const asked = { layers: ["zones-area"] };
  map.on("click", (event) => {
    const [top] = map.queryRenderedFeatures(event.point, asked);
    const code = top?.properties["code"];
    const address = page.replace("ZONE", String(code));
    if (code && top.properties["role"] !== "proposal" && address !== location.pathname)
      location.assign(address);
  });
  map.on("mousemove", (event) => {
    const [top] = map.queryRenderedFeatures(event.point, asked);
    map.getCanvas().style.cursor = top && top.properties["role"] !== "proposal" ? "pointer" : "";
  });
}
