import { currentTheme } from "../shell/theme";

/** The colours of the map: the theme's tokens, read when the style is made. */
export interface Palette {
  dark: boolean;
  ground: string;
  grid: string;
  label: string;
  surface: string;
  ink: string;
  ink2: string;
  ink3: string;
  lineStrong: string;
  brand: string;
  water: string;
  electricity: string;
  sewerage: string;
  critical: string;
  high: string;
  medium: string;
}

/** Read the palette of the theme in force. */
export function palette(): Palette {
  const style = getComputedStyle(document.documentElement);
  const read = (name: string) => style.getPropertyValue(name).trim() || "#888888";
  return {
    dark: currentTheme() === "dark",
    ground: read("--map-ground"),
    grid: read("--map-grid"),
    label: read("--map-label"),
    surface: read("--color-base-100"),
    ink: read("--color-base-content"),
    ink2: read("--ink-2"),
    ink3: read("--ink-3"),
    lineStrong: read("--line-strong"),
    brand: read("--color-primary"),
    water: read("--water"),
    electricity: read("--electricity"),
    sewerage: read("--sewerage"),
    critical: read("--critical"),
    high: read("--high"),
    medium: read("--medium"),
  };
}

/** Return the colour of an alarm priority. */
export function priorityColour(colours: Palette, priority: number): string {
  return [colours.critical, colours.high, colours.medium][priority - 1] ?? colours.ink3;
}
