import { Problem } from "../api/client";
import type { Sensor } from "../api/types";
import type { Freshness } from "../format";
import { age, freshness, number, qualityName, secondsSince, unitName } from "../format";
import { t } from "../i18n";
import { h, icon, setText } from "./h";

/** Nothing here, or it went wrong: said in words. */
export function blank(name: string, title: string, text = ""): HTMLElement {
  return h(
    "div",
    { class: "blank blank-tight" },
    icon(name),
    h("p", { class: "blank-title" }, title),
    text ? h("p", {}, text) : null,
  );
}

/** It could not be read: in the platform's words where it answered, else what to do about the line. */
export function unread(error: unknown = null): HTMLElement {
  const told = error instanceof Problem ? Object.values(error.body["errors"] ?? {}).flat() : [];
  const answer = error instanceof Problem ? String(told[0] ?? error.message) : "";
  return blank("cloud-off", t("error.load"), answer || t("error.retry_later"));
}

/** Lines that stand for what is on its way. */
export function loading(): HTMLElement {
  return h(
    "div",
    { class: "loading-lines", role: "status", "aria-label": t("loading") },
    ...[1, 2, 3].map(() => h("span")),
  );
}

/** Fill the place under a list: on its way, could not be read, or truly empty. Nothing where the list has rows. */
export function explain(
  box: Element,
  known: "loading" | "yes" | "failed",
  empty: boolean,
  none: () => Node,
): void {
  const wanted = !empty ? "rows" : known;
  if ((box as HTMLElement).dataset["shows"] === wanted) return;
  (box as HTMLElement).dataset["shows"] = wanted;
  if (!empty) box.replaceChildren();
  else if (known === "loading") box.replaceChildren(h("div", { class: "panel-body" }, loading()));
  else if (known === "failed") box.replaceChildren(unread());
  else box.replaceChildren(none());
}

/** A section with a small heading. */
export function section(title: string, ...children: (Node | null | false)[]): HTMLElement {
  return h("section", {}, h("h3", {}, title), ...children);
}

/** Words for a switch, pump or valve state register: 0 and 1 mean little to people. */
export function valueText(sensor: Sensor): string {
  const value = sensor.latest?.value;
  if (value === null || value === undefined) return "–";
  if (sensor.quantity === "state") return value ? t("state.on") : t("state.off");
  return number(value);
}

/** How a sensor's latest value stands at an instant. */
export function standing(sensor: Sensor, now: number): { ageS: number; fresh: Freshness; quality: string } {
  if (!sensor.latest) return { ageS: Number.POSITIVE_INFINITY, fresh: "stale", quality: "bad" };
  const ageS = secondsSince(sensor.latest.at, now);
  return {
    ageS,
    fresh: freshness(ageS, sensor.expected_interval_s, sensor.latest.quality),
    quality: qualityName(sensor.latest.quality),
  };
}

/** Make the parts of a reading: value, unit, age. `updateReading` fills them. */
export function createReading(css = ""): HTMLElement {
  return h(
    "span",
    { class: `reading ${css}`.trim() },
    h("bdi", { class: "reading-value", "data-testid": "sensor-value" }),
    h("bdi", { class: "reading-unit" }),
  );
}

/** Bring a reading up to date. */
export function updateReading(element: HTMLElement, sensor: Sensor, now: number): void {
  const { fresh, quality, ageS } = standing(sensor, now);
  element.dataset["freshness"] = fresh;
  element.dataset["quality"] = quality;
  const [value, unit] = element.children as unknown as [HTMLElement, HTMLElement];
  value.dataset["sensor"] = sensor.code;
  value.dataset["at"] = sensor.latest?.at ?? "";
  value.dataset["value"] = String(sensor.latest?.value ?? "");
  setText(value, valueText(sensor));
  setText(unit, sensor.quantity === "state" || !sensor.latest ? "" : unitName(sensor.unit));
  const words =
    fresh === "stale" || quality !== "good"
      ? t(`quality.${fresh === "stale" ? "stale" : quality}` as "quality.good")
      : "";
  element.title = Number.isFinite(ageS) ? [words, age(ageS)].filter(Boolean).join(" · ") : t("quality.never");
}
