import type { Map as MapView } from "maplibre-gl";
import { priorityPath, spriteUrl } from "../ui/h";
import { type Palette, palette, priorityColour } from "./palette";

/** Asset symbols on the map: a disc of the ground, the outline of the asset in the colour of its utility. */
const ASSETS: Record<string, "water" | "electricity"> = {
  valve: "water",
  "valve-closed": "water",
  prv: "water",
  pump: "water",
  tank: "water",
  reservoir: "water",
  transformer: "electricity",
  "switch-open": "electricity",
  "switch-closed": "electricity",
  substation: "electricity",
};
const SENSORS = ["pressure-logger", "flow-meter", "meter"];
/** A device that is heard stays grey: colour is for what someone must look after. */
const DEVICES = { online: "ink3", late: "high", stale: "critical", never: "ink2" } as const;
const RATIO = 2;

/** Draw every symbol of the map in the colours of the theme. */
export async function addSymbols(map: MapView): Promise<void> {
  const colours = palette();
  const sprite = await loadSprite();
  const jobs: Promise<void>[] = [];
  for (const [name, utility] of Object.entries(ASSETS)) {
    jobs.push(add(map, `asset-${name}`, assetSvg(sprite, name, colours[utility], colours.surface), 26));
  }
  for (const name of SENSORS) {
    jobs.push(add(map, `asset-${name}`, assetSvg(sprite, name, colours.ink, colours.surface), 22));
  }
  for (const priority of [1, 2, 3, 4]) {
    for (const called of [true, false]) {
      const name = `alarm-${priority}-${called ? "open" : "seen"}`;
      jobs.push(add(map, name, alarmSvg(colours, priority, called), 34));
    }
  }
  for (const [state, colour] of Object.entries(DEVICES)) {
    jobs.push(
      add(map, `device-${state}`, assetSvg(sprite, `device-${state}`, colours[colour], colours.surface), 24),
    );
  }
  jobs.push(add(map, "incident", incidentSvg(colours), 30));
  jobs.push(add(map, "valve-to-close", ringSvg(sprite, "valve-closed", colours), 40));
  jobs.push(add(map, "switch-to-open", ringSvg(sprite, "switch-open", colours), 40));
  await Promise.all(jobs);
}

let kept: Promise<Document> | null = null;

function loadSprite(): Promise<Document> {
  kept ??= fetch(spriteUrl())
    .then((answer) => answer.text())
    .then((text) => new DOMParser().parseFromString(text, "image/svg+xml"));
  return kept;
}

function body(sprite: Document, name: string): string {
  const symbol = sprite.getElementById(`asset-${name}`);
  return symbol
    ? new XMLSerializer().serializeToString(symbol).replace(/^<symbol[^>]*>|<\/symbol>$/g, "")
    : "";
}

function assetSvg(sprite: Document, name: string, stroke: string, fill: string): string {
  return svg(
    24,
    `<circle cx="12" cy="12" r="11.5" fill="${fill}" fill-opacity=".94"/>` +
      `<g transform="translate(3.4 3.4) scale(.717)" fill="none" stroke="${stroke}" color="${stroke}" stroke-width="2.3" ` +
      `stroke-linecap="round" stroke-linejoin="round">${body(sprite, name)}</g>`,
  );
}

/** Priority by shape, then colour, then number; an alarm nobody has acknowledged wears a ring. */
function alarmSvg(colours: Palette, priority: number, called: boolean): string {
  const colour = priorityColour(colours, priority);
  const ink = priority === 3 ? "#2b2200" : colours.surface;
  const ring = called
    ? `<path d="${priorityPath(priority)}" transform="translate(2 2) scale(1.4)" fill="none" stroke="${colour}" stroke-width="1.2"/>`
    : "";
  return svg(
    32,
    `${ring}<path d="${priorityPath(priority)}" transform="translate(6 6)" fill="${colour}" stroke="${colours.surface}" stroke-width="1.500"/>` +
      `<text x="16" y="${priority === 2 ? 22 : 20}" text-anchor="middle" font-family="IBM Plex Sans,sans-serif" font-size="11" ` +
      `font-weight="600" fill="${ink}">${priority}</text>`,
  );
}

/** An incident: a flag on a staff, in ink: it gathers alarms and does not compete with their colours. */
function incidentSvg(colours: Palette): string {
  return svg(
    24,
    `<circle cx="12" cy="12" r="11" fill="${colours.ink}" stroke="${colours.surface}" stroke-width="1.5"/>` +
      `<path d="M8.500 18V6.500h8l-2 3 2 3h-8" fill="none" stroke="${colours.surface}" stroke-width="1.75" ` +
      `stroke-linecap="round" stroke-linejoin="round"/>`,
  );
}

function ringSvg(sprite: Document, name: string, colours: Palette): string {
  return svg(
    32,
    `<circle cx="16" cy="16" r="13" fill="${colours.surface}" stroke="${colours.ink}" stroke-width="2.5"/>` +
      `<g transform="translate(7 7) scale(.75)" fill="none" stroke="${colours.ink}" color="${colours.ink}" stroke-width="2.2" ` +
      `stroke-linecap="round" stroke-linejoin="round">${body(sprite, name)}</g>`,
  );
}

function svg(box: number, inside: string): string {
  return `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${box} ${box}">${inside}</svg>`;
}

async function add(map: MapView, name: string, source: string, size: number): Promise<void> {
  const sized = source.replace("<svg ", `<svg width="${size * RATIO}" height="${size * RATIO}" `);
  const image = new Image(size * RATIO, size * RATIO);
  image.src = `data:image/svg+xml;charset=utf-8,${encodeURIComponent(sized)}`;
  await image.decode();
  if (map.hasImage(name)) map.updateImage(name, image);
  else map.addImage(name, image, { pixelRatio: RATIO });
}
