import { h, icon, must } from "../ui/h";

const ICONS = { success: "circle-check", error: "octagon-alert", info: "info" };

/** Say something for a moment. */
export function toast(tone: "success" | "error" | "info", text: string): void {
  const box = must("#toasts");
  const note = h("div", { class: "flash", "data-tone": tone }, icon(ICONS[tone]), h("div", {}, text));
  box.append(note);
  window.setTimeout(() => note.remove(), tone === "error" ? 9_000 : 5_000);
}
