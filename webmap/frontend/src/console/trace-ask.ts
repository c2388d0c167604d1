import { post } from "../api/client";
import type { ElementRef, TraceResult } from "../api/types";
import { lonLatOf } from "./data";

/** What can be asked of a network, in the order of how often it is. */
export const TRACE_KINDS = [
  "isolation",
  "segments",
  "upstream",
  "downstream",
  "connected",
  "common-upstream",
  "shortest-path",
] as const;
export type TraceKind = (typeof TRACE_KINDS)[number];

export interface TraceQuestion {
  kind: TraceKind;
  network: string;
  places: ElementRef[];
  /** Valves and switches that cannot be used. */
  skip: ElementRef[];
}

/** Say how many places a kind of trace needs before it can run, and how many it takes. */
export function placesOf(kind: TraceKind): { least: number; most: number } {
  if (kind === "shortest-path") return { least: 2, most: 2 };
  return kind === "common-upstream" ? { least: 2, most: 50 } : { least: 1, most: 1 };
}

/** Write a question for the address: `isolation:ltown/pipe~p227`. What is skipped stays out. */
export function writeQuestion({ kind, network, places }: TraceQuestion): string {
  const written = places.map((place) => `${place.kind}~${encodeURIComponent(place.code)}`);
  return `${kind}:${encodeURIComponent(network)}/${written.join("/")}`;
}

/** Read a question back; null where it is none. */
export function readQuestion(text: string): TraceQuestion | null {
  const [, kind, network, written] = text.match(/^([a-z-]+):([^/]+)\/(.+)$/) ?? [];
  const known = TRACE_KINDS.find((one) => one === kind);
  if (!known || !network || !written) return null;
  try {
    const places = written.split("/").flatMap((place) => {
      const [, of, code] = place.match(/^([a-z_-]+)~(.+)$/) ?? [];
      return of && code ? [{ kind: of, code: decodeURIComponent(code) }] : [];
    });
    return places.length ? { kind: known, network: decodeURIComponent(network), places, skip: [] } : null;
  } catch {
    return null;
  }
}

type Row = Record<string, unknown>;

/** Ask the network. */
export async function askTrace(question: TraceQuestion): Promise<TraceResult> {
  const [from, ...others] = question.places;
  const options: Row = {};
  if (question.kind === "isolation") options["skip"] = question.skip;
  if (question.kind === "shortest-path") options["to"] = others[0];
  if (question.kind === "common-upstream") options["with"] = others;
  const { kind, network } = question;
  return read(await post<Row>("/api/v1/traces/", { network, kind, from, options }));
}

function read(answer: Row): TraceResult {
  const points = answer["connection_points"] as { count: number | null; critical: number; results: Row[] };
  return {
    explanation: strings(answer["explanation"]),
    warnings: strings(answer["warnings"]),
    features: (answer["features"] as GeoJSON.Feature[]) ?? [],
    valves: rows(answer["valves"]).map((valve) => ({
      ...named(valve),
      role: String(valve["role"]),
      feeds: valve["feeds"] === true,
      place: lonLatOf(valve),
    })),
    points: points.results.map((point) => ({
      code: String(point["code"]),
      place: lonLatOf(point),
      critical_kind: String(point["critical_kind"] ?? ""),
      address: String(point["address"] ?? ""),
    })),
    affected: points.count,
    elements: rows(answer["links"]).map((link) => ({ ...named(link), role: String(link["role"]) })),
    nearest: answer["nearest"] ? named(answer["nearest"] as Row) : null,
  };
}

function rows(value: unknown): Row[] {
  return (value as Row[] | undefined) ?? [];
}

function named(row: Row): ElementRef {
  return { kind: String(row["kind"]), code: String(row["code"]) };
}

function strings(value: unknown): string[] {
  return ((value as unknown[] | undefined) ?? []).map(String);
}
