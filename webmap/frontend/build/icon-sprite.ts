import { readdirSync, readFileSync } from "node:fs";
import { basename, join } from "node:path";
import type { Plugin } from "vite";

interface Options {
  /** A JSON list of Lucide icon names. */
  icons: string;
  /** A folder of our own asset symbols (valve, pump, …), one SVG each. */
  symbols: string;
}

/** Emit one `icons.svg` sprite: the Lucide icons we use and our own asset symbols (`asset-…`). */
export function iconSprite({ icons, symbols }: Options): Plugin {
  return {
    name: "chabaka-icon-sprite",
    apply: "build",
    buildStart() {
      this.addWatchFile(icons);
    },
    generateBundle() {
      this.emitFile({ type: "asset", fileName: "icons.svg", source: sprite(icons, symbols) });
    },
  };
}

function sprite(icons: string, symbols: string): string {
  const names = JSON.parse(readFileSync(icons, "utf8")) as string[];
  const lucide = new URL("../node_modules/lucide-static/icons/", import.meta.url);
  const parts = names.map((name) => symbol(name, readFileSync(new URL(`${name}.svg`, lucide), "utf8")));
  for (const file of readdirSync(symbols).filter((f) => f.endsWith(".svg"))) {
    parts.push(symbol(`asset-${basename(file, ".svg")}`, readFileSync(join(symbols, file), "utf8")));
  }
  return `<svg xmlns="http://www.w3.org/2000/svg">${parts.join("")}</svg>`;
}

function symbol(id: string, svg: string): string {
  const body = svg
    .replace(/^[\s\S]*?<svg[^>]*>/, "")
    .replace(/<\/svg>\s*$/, "")
    .replace(/\s+/g, " ")
    .trim();
  return `<symbol id="${id}" viewBox="0 0 24 24">${body}</symbol>`;
}
