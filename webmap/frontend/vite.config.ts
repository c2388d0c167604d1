import { fileURLToPath } from "node:url";
import tailwindcss from "@tailwindcss/vite";
import { defineConfig } from "vite";
import { iconSprite } from "./build/icon-sprite.ts";

const at = (path: string) => fileURLToPath(new URL(path, import.meta.url));

/** Each face loads one entry; Django reads the manifest (`{% vite_entry %}`). */
export default defineConfig({
  base: "/static/webmap/",
  publicDir: at("./public"),
  plugins: [
    tailwindcss(),
    iconSprite({ icons: at("./src/icons/lucide.json"), symbols: at("./src/symbols") }),
  ],
  build: {
    outDir: at("../static/webmap"),
    emptyOutDir: true,
    manifest: "manifest.json",
    target: "es2022",
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
    chunkSizeWarningLimit: 1200,
    rollupOptions: {
      input: {
        public: at("./src/entries/public.ts"),
        field: at("./src/entries/field.ts"),
        console: at("./src/entries/console.ts"),
        desk: at("./src/entries/desk.ts"),
        quality: at("./src/entries/quality.ts"),
        styleguide: at("./src/entries/styleguide.ts"),
      },
    },
  },
  worker: { format: "es" },
});
