import { LAYER_GROUPS, type LayerGroup, ON_DEMAND } from "../map/network";
import { readQuestion, type TraceQuestion, writeQuestion } from "./trace-ask";

/** What a person looks at; it stands in the address, so that a view can be sent to a colleague. */
export interface View {
  zoom: number;
  lat: number;
  lon: number;
  /** `sensor:PL-1.pressure_kpa`, `element:ltown/pipe/p227`, `zone:dma-a`, or nothing. */
  selected: Selection | null;
  hidden: LayerGroup[];
  /** Layers on demand that someone asked for. */
  shown: LayerGroup[];
  tab: "alarms" | "incidents";
  list: boolean;
  trace: TraceQuestion | null;
  /** Sensors laid beside each other. */
  trend: string[];
  /** The instant looked back at, in milliseconds. */
  past: number | null;
}

export type Selection =
  | { what: "sensor"; code: string }
  | { what: "zone"; code: string }
  | { what: "incident"; code: string }
  | { what: "device"; code: string }
  | { what: "element"; network: string; kind: string; code: string };

const GROUPS = (Object.keys(LAYER_GROUPS) as LayerGroup[]).filter((group) => !ON_DEMAND.includes(group));
const BY_CODE = ["sensor", "zone", "incident", "device"];

/** Write a view as the fragment of an address. */
export function writeView(view: View): string {
  const parts = [`map=${view.zoom.toFixed(2)}/${view.lat.toFixed(5)}/${view.lon.toFixed(5)}`];
  if (view.selected) parts.push(`sel=${writeSelection(view.selected)}`);
  if (view.hidden.length) parts.push(`hide=${view.hidden.join(",")}`);
  if (view.shown.length) parts.push(`show=${view.shown.join(",")}`);
  if (view.tab !== "alarms") parts.push(`tab=${view.tab}`);
  if (view.list) parts.push("view=list");
  if (view.trace?.places.length) parts.push(`trace=${writeQuestion(view.trace)}`);
  if (view.trend.length) parts.push(`trend=${view.trend.map(encodeURIComponent).join(",")}`);
  if (view.past !== null) parts.push(`at=${new Date(view.past).toISOString()}`);
  return `#${parts.join("&")}`;
}

/** Read a view from a fragment; what cannot be read keeps its place in `otherwise`. */
export function readView(fragment: string, otherwise: View): View {
  const values = new Map(
    fragment
      .replace(/^#/, "")
      .split("&")
      .map((part) => part.split("=", 2) as [string, string | undefined]),
  );
  const place = (values.get("map") ?? "").split("/").map(Number);
  const placed = place.length === 3 && place.every(Number.isFinite);
  const [zoom = 0, lat = 0, lon = 0] = place;
  return {
    ...(placed ? { zoom, lat, lon } : { zoom: otherwise.zoom, lat: otherwise.lat, lon: otherwise.lon }),
    selected: values.has("sel") ? readSelection(values.get("sel") ?? "") : otherwise.selected,
    hidden: readGroups(values.get("hide"), GROUPS),
    shown: readGroups(values.get("show"), ON_DEMAND),
    tab: values.get("tab") === "incidents" ? "incidents" : "alarms",
    list: values.get("view") === "list",
    trace: readQuestion(values.get("trace") ?? ""),
    trend: readCodes(values.get("trend") ?? ""),
    past: Date.parse(values.get("at") ?? "") || null,
  };
}

function readGroups(text: string | undefined, known: LayerGroup[]): LayerGroup[] {
  return (text ?? "").split(",").filter((g): g is LayerGroup => known.includes(g as LayerGroup));
}

function readCodes(text: string): string[] {
  try {
    return text.split(",").filter(Boolean).map(decodeURIComponent);
  } catch {
    return [];
  }
}

function writeSelection(selected: Selection): string {
  if (selected.what === "element") {
    return `element:${[selected.network, selected.kind, selected.code].map(encodeURIComponent).join("/")}`;
  }
  return `${selected.what}:${encodeURIComponent(selected.code)}`;
}

function readSelection(text: string): Selection | null {
  const [what, rest = ""] = text.split(":", 2);
  try {
    const [first = "", kind = "", code = ""] = rest.split("/").map(decodeURIComponent);
    if (what === "element" && code) return { what, network: first, kind, code };
    if (BY_CODE.includes(what ?? "") && first) return { what: what as "sensor", code: first };
  } catch {
    return null;
  }
  return null;
}
