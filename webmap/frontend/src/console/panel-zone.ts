import type { SeriesPoint, Zone, ZoneSeries } from "../api/types";
import { dayBars } from "../charts/plot";
import { number, quantity, shortDay, unitName } from "../format";
import { t } from "../i18n";
import { h, icon, setText } from "../ui/h";
import { loading, section, unread } from "../ui/parts";
import { loadZoneSeries } from "./data";
import { type Actions, code, frame, type Panel } from "./inspector";
import type { Store } from "./store";

const DAYS = 14;
/** Coverage from which a day counts as measured; paler below it. */
const WHOLE = 0.9;

/** A zone: consumption, complaints, and how much of it was measured. */
export function zonePanel(store: Store, zoneCode: string, actions: Actions): Panel {
  const zone = store.zones.find((z) => z.code === zoneCode);
  const body = h("div", { class: "panel-body" });
  const title = zone?.name ?? zoneCode;
  const subtitle = h("span", {}, zone ? `${kindName(zone.kind)} · ` : "", code(zoneCode));
  const element = frame(store, title, subtitle, body, { "data-testid": "zone-panel", "data-zone": zoneCode });
  const utilities = zone?.utility ? [zone.utility] : ["water", "electricity"];
  body.append(...utilities.map((utility) => consumption(zoneCode, utility)), complaints(zoneCode));
  const inside = alarmsInside(store, zone);
  if (inside) body.prepend(inside);
  body.append(
    h(
      "div",
      { class: "button-row mt-0" },
      h(
        "a",
        { class: "btn btn-sm", href: `/zones/${encodeURIComponent(zoneCode)}/` },
        t("zone.page"),
        icon("arrow-up-right", "icon-directional"),
      ),
      zone?.bbox &&
        h(
          "button",
          { class: "btn btn-sm", type: "button", onclick: () => zone.bbox && actions.showBox(zone.bbox) },
          t("show_on_map"),
        ),
    ),
  );
  return { element };
}

/** Name a kind of zone. */
export function kindName(kind: string): string {
  return t(`kind.${kind}` as "kind.zone");
}

function alarmsInside(store: Store, zone: Zone | undefined): HTMLElement | null {
  const box = zone?.bbox;
  if (!box || zone?.parent === null) return null;
  const count = [...store.alarms.values()].filter(
    ({ place: p }) => p && p[0] >= box[0] && p[0] <= box[2] && p[1] >= box[1] && p[1] <= box[3],
  ).length;
  return count ? h("p", {}, icon("triangle-alert"), " ", t("zone.alarms", { n: count })) : null;
}

function range(): { from: string; to: string } {
  const to = new Date();
  return { from: new Date(to.getTime() - DAYS * 86_400_000).toISOString(), to: to.toISOString() };
}

function consumption(zoneCode: string, utility: string): HTMLElement {
  const box = h("div", {}, loading());
  const name = h(
    "span",
    { class: "utility", "data-utility": utility },
    t(`utility.${utility}` as "utility.water"),
  );
  void fill(
    box,
    () => loadZoneSeries(zoneCode, "consumption", { ...range(), bucket: "day", utility }),
    (data) => {
      const known = data.series.filter((point) => point.value !== null);
      if (!known.length) return [h("p", { class: "muted" }, t("zone.no_consumption_text"))];
      const now = Date.now();
      const whole = known.filter((point) => isWhole(point, now));
      const last = whole.at(-1) ?? known.at(-1);
      const unit = unitName(data.unit);
      const read = h("p", { class: "chart-read" }, t("zone.pale_days"));
      const chart = h("div", {});
      requestAnimationFrame(() => drawDays(chart, data, unit, `--${utility}`, read));
      return [
        h(
          "div",
          { class: "figure" },
          h("span", { class: "figure-value" }, `${number(last?.value ?? 0)} `, h("small", {}, unit)),
          h("span", { class: "figure-note" }, last ? `${t("zone.last_day")} · ${shortDay(last.start)}` : ""),
        ),
        coverage(last?.coverage ?? null),
        chart,
        read,
      ];
    },
  );
  return h("section", {}, h("h3", {}, name), box);
}

function drawDays(chart: HTMLElement, data: ZoneSeries, unit: string, tone: string, read: HTMLElement): void {
  const now = Date.now();
  dayBars(
    chart,
    data.series.map((p) => new Date(p.start)),
    data.series.map((p) => ({ value: p.value, whole: isWhole(p, now) })),
    unit,
    tone,
    (index) => setText(read, index === null ? t("zone.pale_days") : dayText(data.series[index], unit)),
  );
}

function dayText(point: SeriesPoint | undefined, unit: string): string {
  if (!point || point.value === null) return "–";
  const share =
    point.coverage === null ? "" : ` · ${t("zone.coverage", { percent: number(point.coverage * 100, 0) })}`;
  return `${shortDay(point.start)} · ${quantity(point.value, unit)}${share}`;
}

function isWhole(point: SeriesPoint, now: number): boolean {
  return Date.parse(point.end) <= now && (point.coverage ?? 1) >= WHOLE;
}

function complaints(zoneCode: string): HTMLElement {
  const box = h("div", {}, loading());
  void fill(
    box,
    () => loadZoneSeries(zoneCode, "complaints", { ...range(), bucket: "day" }),
    (data) => {
      const total = data.series.reduce((sum, point) => sum + (point.value ?? 0), 0);
      const open = data.series.reduce(
        (sum, point) => sum + Number((point as { open?: number }).open ?? 0),
        0,
      );
      return [
        h(
          "div",
          { class: "series-pair" },
          figure(t("zone.complaints_received"), total, t("zone.fortnight")),
          figure(t("zone.complaints_open"), open, t("zone.now")),
        ),
      ];
    },
  );
  return section(t("zone.complaints"), box);
}

function figure(label: string, value: number, note: string): HTMLElement {
  return h(
    "div",
    { class: "figure" },
    h("span", { class: "figure-label" }, label),
    h("span", { class: "figure-value" }, number(value)),
    h("span", { class: "figure-note" }, note),
  );
}

function coverage(share: number | null): HTMLElement | null {
  if (share === null) return null;
  return h(
    "div",
    { class: "coverage mt-2" },
    h("meter", { min: 0, max: 1, value: share }),
    h("span", {}, t("zone.coverage", { percent: number(share * 100, 0) })),
  );
}

async function fill(
  box: HTMLElement,
  load: () => Promise<ZoneSeries>,
  show: (data: ZoneSeries) => (Node | null)[],
): Promise<void> {
  try {
    const parts = show(await load());
    box.replaceChildren(...parts.filter((part) => part !== null));
  } catch (error) {
    box.replaceChildren(unread(error));
  }
}
