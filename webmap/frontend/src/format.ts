import { locale, t } from "./i18n";

const ZONE = "Africa/Casablanca";

/** Write a measured value with as many digits as it deserves. */
export function number(value: number, digits?: number): string {
  const size = Math.abs(value);
  const places = digits ?? (size >= 100 ? 0 : size >= 10 ? 1 : 2);
  return withPlaces(places).format(value);
}

/** As many decimals as the marks of an axis need to be told apart: 1 for a step of 2.5, 2 for 0.25. */
export function placesOf(step: number): number {
  for (let places = 0; places < 6; places++) {
    const shifted = step * 10 ** places;
    if (shifted >= 1 && Math.abs(shifted - Math.round(shifted)) < 1e-6 * shifted) return places;
  }
  return step > 0 ? 6 : 0;
}

const formats = new Map<number, Intl.NumberFormat>();

/** Making a format costs more than the rest of a row; hundreds of rows change at once. */
function withPlaces(places: number): Intl.NumberFormat {
  let format = formats.get(places);
  if (!format) {
    format = new Intl.NumberFormat(locale, { maximumFractionDigits: places, minimumFractionDigits: 0 });
    formats.set(places, format);
  }
  return format;
}

/** Write a unit as people do: m³ rather than m3. */
export function unitName(unit: string): string {
  return { m3: "m³", "m3/h": "m³/h", kwh: "kWh" }[unit.toLowerCase()] ?? unit;
}

/** Write a value with its unit, kept left to right within any sentence. */
export function quantity(value: number, unit: string): string {
  return isolated(`${number(value)} ${unitName(unit)}`);
}

/** Keep a code or a figure left to right within any sentence. */
export function isolated(text: string): string {
  return `\u2066${text}\u2069`;
}

/** Write an age in its largest whole unit: 12 s, 4 min, 3 h, 2 d. */
export function age(seconds: number): string {
  const s = Math.max(0, Math.round(seconds));
  if (s < 60) return t("age.seconds", { n: s });
  if (s < 3600) return t("age.minutes", { n: Math.floor(s / 60) });
  if (s < 172800) return t("age.hours", { n: Math.floor(s / 3600) });
  return t("age.days", { n: Math.floor(s / 86400) });
}

/** Return how old an instant is, in seconds. */
export function secondsSince(at: string | Date, now: number = Date.now()): number {
  return (now - new Date(at).getTime()) / 1000;
}

const time = new Intl.DateTimeFormat(locale, {
  timeZone: ZONE,
  hour: "2-digit",
  minute: "2-digit",
  hourCycle: "h23",
});
const seconds = new Intl.DateTimeFormat(locale, {
  timeZone: ZONE,
  hour: "2-digit",
  minute: "2-digit",
  second: "2-digit",
  hourCycle: "h23",
});
const dayTime = new Intl.DateTimeFormat(locale, {
  timeZone: ZONE,
  day: "numeric",
  month: "short",
  hour: "2-digit",
  minute: "2-digit",
  hourCycle: "h23",
});
const day = new Intl.DateTimeFormat(locale, { timeZone: ZONE, day: "numeric", month: "short" });
const dayKey = new Intl.DateTimeFormat("en-CA", { timeZone: ZONE, dateStyle: "short" });

/** Write an instant in local time, with the date when it is not today. */
export function when(at: string | Date, now: Date = new Date()): string {
  const date = new Date(at);
  return dayKey.format(date) === dayKey.format(now) ? time.format(date) : dayTime.format(date);
}

/** Write the local time to the second. */
export function clock(at: Date): string {
  return seconds.format(at);
}

/** Write a local day. */
export function shortDay(at: string | Date): string {
  return day.format(new Date(at));
}

export type Freshness = "fresh" | "old" | "stale";

/** Say how a value's age compares with how often it is expected: three missed updates make it stale. */
export function freshness(ageS: number, expectedIntervalS: number, quality = 192): Freshness {
  if (quality === 500 || ageS > 3 * expectedIntervalS) return "stale";
  return ageS > 1.5 * expectedIntervalS ? "old" : "fresh";
}

/** Name a quality code: good, uncertain, bad or stale. */
export function qualityName(quality: number): "good" | "uncertain" | "bad" | "stale" {
  if (quality === 500) return "stale";
  if (quality >= 192) return "good";
  return quality >= 64 ? "uncertain" : "bad";
}
