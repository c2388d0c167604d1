// Complete package-lock.json with the platform packages that the registry at hand does not carry.
//
// Native tools (Vite, Tailwind, Biome) name one optional package per platform. A registry that mirrors only some
// platforms makes npm write a lock that its own `npm ci` then refuses. The missing ones are entered by name and
// version, for their platform only, so that the lock serves everyone and installs nothing here.
import { readFileSync, writeFileSync } from "node:fs";

const file = new URL("../package-lock.json", import.meta.url);
const lock = JSON.parse(readFileSync(file, "utf8"));
const systems = [
  "darwin",
  "win32",
  "android",
  "freebsd",
  "openbsd",
  "netbsd",
  "openharmony",
  "sunos",
  "aix",
  "linux",
];
const processors = {
  x64: "x64",
  arm64: "arm64",
  arm: "arm",
  ia32: "ia32",
  riscv64: "riscv64",
  ppc64: "ppc64",
  s390x: "s390x",
  loong64: "loong64",
  wasm32: "wasm32",
};
let added = 0;

for (const parent of Object.values(lock.packages)) {
  for (const [name, version] of Object.entries(parent.optionalDependencies ?? {})) {
    const place = `node_modules/${name}`;
    if (lock.packages[place] || !/^\d/.test(version)) continue;
    const words = name.split(/[/-]/);
    const entry = { version, optional: true };
    if (parent.dev) entry.dev = true;
    const os = systems.find((system) => words.includes(system));
    const cpu = Object.keys(processors).find((word) => words.includes(word));
    if (!os && !cpu) continue;
    if (os) entry.os = [os];
    if (cpu) entry.cpu = [processors[cpu]];
    if (words.includes("musl") || words.includes("musleabihf")) entry.libc = ["musl"];
    lock.packages[place] = entry;
    added += 1;
  }
}

lock.packages = Object.fromEntries(Object.entries(lock.packages).sort(([a], [b]) => (a < b ? -1 : 1)));
writeFileSync(file, `${JSON.stringify(lock, null, 2)}\n`);
console.log(`package-lock.json: ${added} platform packages completed`);
