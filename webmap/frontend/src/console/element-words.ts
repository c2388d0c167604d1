import { isolated, quantity } from "../format";
import { type Key, t } from "../i18n";

const METRES = (value: unknown) => quantity(Number(value), "m");

/** How each field of an element is written; the order is the one people read them in. */
const WRITTEN: Record<string, (value: unknown) => string> = {
  state: (v) => t(`state.${String(v)}` as Key),
  operable: (v) => t(v ? "yes" : "no"),
  diameter_mm: (v) => quantity(Number(v), "mm"),
  length_m: METRES,
  elevation_m: METRES,
  moved_m: METRES,
  drawn_m: METRES,
  category: (v) => t(`category.${String(v)}` as Key),
  critical_kind: String,
  address: String,
  synthetic: () => t("element.synthetic"),
};

/** The fields of a panel's facts. */
export const FACTS = Object.keys(WRITTEN).filter(
  (name) => !["operable", "moved_m", "drawn_m"].includes(name),
);

/** Name a field; an attribute keeps the name its source gave it. */
export function fieldName(field: string): string {
  const attribute = field.split("attributes.")[1];
  return attribute ?? (t(`element.${field}` as Key) || field);
}

/** Name a field that is typed in, with its unit. */
export function fieldLabel(field: string): string {
  const unit = field.match(/_(mm|m)$/)?.[1];
  return unit ? `${fieldName(field)} (${unit})` : fieldName(field);
}

/** Write a value of a field; a dash where there is none. */
export function fieldValue(field: string, value: unknown): string {
  if (value === null || value === undefined || value === "") return "–";
  const write = WRITTEN[field];
  if (write) return write(value);
  return isolated(typeof value === "object" ? JSON.stringify(value) : String(value));
}
