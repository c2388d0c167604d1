import "maplibre-gl/dist/maplibre-gl.css";
import "../styles/map.css";
import * as maplibregl from "maplibre-gl";
import workerUrl from "maplibre-gl/dist/maplibre-gl-worker.mjs?worker&url";
import type { LonLat } from "../api/types";
import { t } from "../i18n";
import { currentTheme, onThemeChange } from "../shell/theme";
import { palette } from "./palette";
import { FONTS, groundStyle } from "./style";
import { addSymbols } from "./symbols";

maplibregl.setWorkerUrl(workerUrl);

export interface MapOptions {
  container: HTMLElement;
  centre: LonLat;
  zoom: number;
  /** Shown in the corner, always. */
  attribution: string;
  /** A style of the operator's choice under our layers; none means the warm ground. */
  basemap?: string;
  /** Add sources and layers here: called once, and again after each change of theme. */
  draw: (map: maplibregl.Map) => void;
  interactive?: boolean;
  /** Zoom buttons in the corner; a page that has its own leaves them out. */
  zoomButtons?: boolean;
}

/** Make a map with our ground, our symbols and controls; it follows the theme. */
export async function createMap(options: MapOptions): Promise<maplibregl.Map> {
  await Promise.all(FONTS.map((font) => document.fonts.load(`12px "${font}"`, "aش").catch(() => [])));
  const map = new maplibregl.Map({
    container: options.container,
    style: options.basemap || groundStyle(palette()),
    center: options.centre,
    zoom: options.zoom,
    minZoom: 8,
    maxZoom: 20,
    attributionControl: false,
    dragRotate: false,
    pitchWithRotate: false,
    touchPitch: false,
    fadeDuration: 0,
    interactive: options.interactive ?? true,
    locale: words(),
  });
  map.touchZoomRotate.disableRotation();
  map.keyboard.disableRotation();
  const corner = document.documentElement.dir === "rtl" ? "bottom-left" : "bottom-right";
  map.addControl(
    new maplibregl.AttributionControl({ compact: false, customAttribution: options.attribution }),
    corner,
  );
  if (options.zoomButtons ?? true) {
    map.addControl(new maplibregl.NavigationControl({ showCompass: false }), corner);
  }
  map.addControl(new maplibregl.ScaleControl({ maxWidth: 96 }), corner);
  const draw = async () => {
    await addSymbols(map);
    options.draw(map);
  };
  await new Promise<void>((resolve) => {
    map.once("style.load", () => void draw().then(resolve));
  });
  let theme = currentTheme();
  onThemeChange(() => {
    if (currentTheme() === theme) return;
    theme = currentTheme();
    map.setStyle(options.basemap || groundStyle(palette()), { diff: false });
    map.once("style.load", () => void draw());
  });
  return map;
}

function words(): Record<string, string> {
  return {
    "NavigationControl.ZoomIn": t("map.zoom_in"),
    "NavigationControl.ZoomOut": t("map.zoom_out"),
    "AttributionControl.ToggleAttribution": t("map.attribution"),
    "ScaleControl.Meters": "m",
    "ScaleControl.Kilometers": "km",
    "Map.Title": t("map.title"),
  };
}
