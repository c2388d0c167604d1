import type { Map as MapView } from "maplibre-gl";
import { t } from "../i18n";
import { LAYER_GROUPS, type LayerGroup } from "../map/network";
import { h, icon, must } from "../ui/h";
import { DEVICE_STATES } from "./devices";

const SAMPLES: Partial<Record<LayerGroup, string>> = { water: "water", electricity: "electricity" };
const LEGEND: [
  string,
  "valve" | "prv" | "pump" | "tank" | "reservoir" | "transformer" | "switch-open" | "substation",
  string,
][] = [
  ["water", "valve", "legend.valve"],
  ["water", "prv", "legend.prv"],
  ["water", "pump", "legend.pump"],
  ["water", "tank", "legend.tank"],
  ["water", "reservoir", "legend.reservoir"],
  ["electricity", "transformer", "legend.transformer"],
  ["electricity", "switch-open", "legend.switch"],
  ["electricity", "substation", "legend.substation"],
];

/** The list of layers with its legend. */
export function startLayers(hidden: Set<LayerGroup>, changed: () => void): void {
  const box = must("#layers");
  for (const group of Object.keys(LAYER_GROUPS) as LayerGroup[]) {
    const input = h("input", { type: "checkbox", checked: !hidden.has(group), "data-layer": group });
    input.addEventListener("change", () => {
      if (input.checked) hidden.delete(group);
      else hidden.add(group);
      changed();
    });
    const utility = SAMPLES[group];
    const name = t(`layer.${group}` as "layer.water");
    box.append(
      h(
        "label",
        { class: "layer-choice" },
        input,
        h("span", utility ? { class: "utility", "data-utility": utility } : {}, name),
      ),
    );
  }
  const legend = LEGEND.flatMap(([utility, symbol, key]) => {
    const drawing = icon(`asset-${symbol}`);
    drawing.dataset["utility"] = utility;
    return [drawing, h("span", {}, t(key as "legend.valve"))];
  });
  const cell = h("span", { class: "legend-cell", "aria-hidden": "true" });
  const devices = DEVICE_STATES.flatMap((state) => {
    const drawing = icon(`asset-device-${state}`);
    drawing.dataset["device"] = state;
    return [drawing, h("span", {}, t("legend.device", { state: t(`device.${state}`) }))];
  });
  box.append(h("div", { class: "legend" }, ...legend, cell, h("span", {}, t("legend.cell")), ...devices));
}

/** Show and hide the layers of the map. */
export function applyLayers(map: MapView, hidden: Set<LayerGroup>): void {
  for (const [group, layers] of Object.entries(LAYER_GROUPS)) {
    for (const layer of layers) {
      if (map.getLayer(layer)) {
        map.setLayoutProperty(layer, "visibility", hidden.has(group as LayerGroup) ? "none" : "visible");
      }
    }
  }
}
