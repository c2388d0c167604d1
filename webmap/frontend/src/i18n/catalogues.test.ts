import { describe, expect, it } from "vitest";
import ar from "./ar.json";
import en from "./en.json";
import fr from "./fr.json";

const names = (text: string) => [...text.matchAll(/\{(\w+)\}/g)].map((m) => m[1]).sort();

describe.each([
  ["ar", ar],
  ["en", en],
] as const)("the texts in %s", (_language, catalogue) => {
  const texts: Record<string, string> = catalogue;

  it("are exactly those of the French file, none of them empty", () => {
    expect(Object.keys(texts).sort()).toEqual(Object.keys(fr).sort());
    expect(Object.entries(texts).filter(([, text]) => !text.trim())).toEqual([]);
  });

  it("use no value that French does not give", () => {
    const french: Record<string, string> = fr;
    for (const [key, text] of Object.entries(texts)) {
      expect(names(french[key] ?? ""), key).toEqual(expect.arrayContaining(names(text)));
    }
  });
});
