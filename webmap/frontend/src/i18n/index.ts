import type fr from "./fr.json";

/** Every text of the scripts. The French file names the keys; a language without one of them does not compile. */
export type Key = keyof typeof fr;
type Catalogue = Record<Key, string>;

const LOADERS: Record<string, () => Promise<{ default: Catalogue }>> = {
  fr: () => import("./fr.json"),
  ar: () => import("./ar.json"),
  en: () => import("./en.json"),
};

let catalogue: Partial<Catalogue> = {};

/** The language of the page. */
export const language: string =
  typeof document === "undefined" ? "fr" : document.documentElement.lang || "fr";

/** The locale of numbers and dates, the same as the pages write: Moroccan months and digits in Arabic. */
export const locale = { fr: "fr-FR", ar: "ar-MA", en: "en-GB" }[language] ?? "fr-FR";

/** Load the texts of the page's language; call once before `t`. */
export async function loadTexts(): Promise<void> {
  const load = LOADERS[language] ?? LOADERS["fr"];
  if (load) catalogue = (await load()).default;
}

/** Return a text, with `{name}` replaced. */
export function t(key: Key, values: Record<string, string | number> = {}): string {
  return fill(catalogue[key] ?? key, values);
}

/** Return the text of a number, by the plural rules of the language (`key.one`, `key.two`, `key.few`, …, `key.other`). */
export function plural(stem: string, n: number, values: Record<string, string | number> = {}): string {
  const form = new Intl.PluralRules(locale).select(n);
  const texts = catalogue as Record<string, string | undefined>;
  const text = texts[`${stem}.${form}`] || texts[`${stem}.other`] || stem;
  return fill(text, { n: new Intl.NumberFormat(locale).format(n), ...values });
}

function fill(text: string, values: Record<string, string | number>): string {
  return text.replace(/\{(\w+)\}/g, (whole, name: string) => String(values[name] ?? whole));
}
