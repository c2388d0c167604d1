import type { SearchHit } from "../api/types";
import { isolated } from "../format";
import { t } from "../i18n";
import { h, must } from "../ui/h";
import { search } from "./data";
import { code } from "./inspector";
import { kindName } from "./panel-zone";
import { folded, type Store } from "./store";

const QUIET_MS = 150;
const MEASURING = new Set(["sensor", "device"]);

/** The search box: devices, sensors and zones at once from what is on the page, the rest from the server. */
export function startSearch(store: Store, goTo: (place: [number, number], zoom?: number) => void): void {
  const input = must<HTMLInputElement>("#search");
  const list = must<HTMLUListElement>("#search-hits");
  let hits: SearchHit[] = [];
  let chosen = -1;
  let asked = new AbortController();
  let timer = 0;

  const show = (note = "") => {
    list.hidden = !input.value.trim();
    input.setAttribute("aria-expanded", String(!list.hidden));
    const items = hits.map((hit, i) =>
      h(
        "li",
        {
          id: `hit-${i}`,
          role: "option",
          "aria-selected": String(i === chosen),
          onmousedown: ((e: Event) => {
            e.preventDefault();
            take(hit);
          }) as EventListener,
        },
        code(hit.code),
        hit.label !== hit.code && h("span", { class: "muted truncate" }, hit.label),
        h("span", { class: "hit-kind" }, why(hit) ?? kindName(hit.kind)),
      ),
    );
    list.replaceChildren(...items, ...(note ? [h("li", { class: "hits-note" }, note)] : []));
    if (chosen >= 0) input.setAttribute("aria-activedescendant", `hit-${chosen}`);
    else input.removeAttribute("aria-activedescendant");
  };

  const take = (hit: SearchHit) => {
    input.value = "";
    list.hidden = true;
    input.blur();
    if (hit.place) goTo(hit.place, MEASURING.has(hit.kind) ? 16.5 : 17);
    if (hit.kind === "sensor" || hit.kind === "device") store.select({ what: hit.kind, code: hit.code });
    else if (isZone(store, hit)) store.select({ what: "zone", code: hit.code });
    else store.select({ what: "element", network: hit.network ?? "", kind: hit.kind, code: hit.code });
  };

  const ask = async () => {
    const words = input.value.trim();
    asked.abort();
    hits = local(store, words);
    chosen = hits.length ? 0 : -1;
    if (words.length < 2) {
      show(words ? t("search.more") : "");
      return;
    }
    show(hits.length ? "" : t("loading"));
    asked = new AbortController();
    try {
      const found = await search(words, asked.signal);
      const key = (hit: SearchHit) => `${isZone(store, hit) ? "zone" : hit.kind} ${hit.code}`;
      const known = new Set(hits.map(key));
      const others = found.filter((hit) => !known.has(key(hit)));
      hits = exactFirst(devicesFirst(hits, others, words), words);
      chosen = hits.length ? Math.max(chosen, 0) : -1;
      show(hits.length ? "" : t("search.none"));
    } catch (error) {
      if (!(error instanceof DOMException)) show(hits.length ? "" : t("error.load"));
    }
  };

  input.addEventListener("input", () => {
    window.clearTimeout(timer);
    timer = window.setTimeout(() => void ask(), QUIET_MS);
  });
  input.addEventListener("blur", () => {
    list.hidden = true;
    input.setAttribute("aria-expanded", "false");
  });
  input.addEventListener("keydown", (event) => {
    const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
    if (step && hits.length) {
      event.preventDefault();
      chosen = (chosen + step + hits.length) % hits.length;
      show();
      list.children[chosen]?.scrollIntoView({ block: "nearest" });
    } else if (event.key === "Enter") {
      const hit = hits[chosen];
      if (hit) take(hit);
    } else if (event.key === "Escape") {
      input.value = "";
      show();
      input.blur();
    }
  });
}

/** Lay what the server found behind what the page knew, but a device whose code is begun before its sensors. */
export function devicesFirst(known: SearchHit[], found: SearchHit[], words: string): SearchHit[] {
  const begun = (hit: SearchHit) => hit.kind === "device" && folded(hit.code).startsWith(folded(words));
  const sensors = known.filter((hit) => hit.kind === "sensor");
  const rest = known.filter((hit) => hit.kind !== "sensor");
  return [...rest, ...found.filter(begun), ...sensors, ...found.filter((hit) => !begun(hit))];
}

/** What bears the very code asked for before what only holds it. */
export function exactFirst(hits: SearchHit[], words: string): SearchHit[] {
  const exact = (hit: SearchHit) => Number(folded(hit.code) === folded(words));
  return hits.toSorted((one, other) => exact(other) - exact(one));
}

/** Why something was found that does not bear the words itself. */
function why(hit: SearchHit): string | null {
  if (hit.match === "reference") return t("search.reference", { reference: isolated(hit.reference ?? "") });
  return hit.match === "near" ? t("search.near") : null;
}

function isZone(store: Store, hit: SearchHit): boolean {
  return hit.kind === "zone" || store.zones.some((zone) => zone.code === hit.code && zone.kind === hit.kind);
}

function local(store: Store, words: string): SearchHit[] {
  const wanted = folded(words);
  if (!wanted) return [];
  const devices = [...store.devices.values()]
    .filter((d) => folded(`${d.code} ${d.name}`).includes(wanted))
    .slice(0, 4)
    .map(
      (d): SearchHit => ({
        kind: "device",
        code: d.code,
        network: null,
        label: d.name || d.code,
        place: d.place,
      }),
    );
  const sensors = [...store.sensors.values()]
    .filter((s) => folded(`${s.code} ${s.name}`).includes(wanted))
    .slice(0, 6)
    .map(
      (s): SearchHit => ({ kind: "sensor", code: s.code, network: s.network, label: s.name, place: s.place }),
    );
  const zones = store.zones
    .filter((z) => folded(`${z.code} ${z.name}`).includes(wanted))
    .slice(0, 4)
    .map(
      (z): SearchHit => ({
        kind: z.kind,
        code: z.code,
        network: null,
        label: z.name,
        place: z.bbox && middle(z.bbox),
      }),
    );
  return [...zones, ...devices, ...sensors];
}

function middle([w, s, e, n]: [number, number, number, number]): [number, number] {
  return [(w + e) / 2, (s + n) / 2];
}
