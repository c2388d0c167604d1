import uPlot from "uplot";
import { type History, loadTrend, type Span, toLines, trendAddress } from "../charts/history";
import { axes, dots, makePlot, token } from "../charts/plot";
import { spanButtons } from "../charts/spans";
import { isolated, number, unitName, when } from "../format";
import { t } from "../i18n";
import { h, icon, must, setText } from "../ui/h";
import { blank, loading, unread } from "../ui/parts";
import { type Store, sortSensors } from "./store";

const MOST = 6;
const POINTS = 1000;
const TABLE_POINTS = 10_000;
/** Lines are told apart by their dashes too. */
const DASHES: number[][] = [[], [8, 4], [2, 3], [10, 3, 2, 3], [14, 4], [4, 8]];

export interface Trend {
  add: (code: string) => void;
  codes: () => string[];
  restore: (codes: string[]) => void;
  isOpen: () => boolean;
  close: () => void;
}

/** Several sensors over one stretch of time, each unit with a scale of its own. */
export function startTrend(store: Store, changed: () => void): Trend {
  const panel = must("#trend-panel");
  const button = must("#trend");
  let codes: string[] = [];
  let hours = 24;
  let zoomed: Span | null = null;
  let plot: uPlot | null = null;
  let asked = new AbortController();

  const chips = h("ul", { class: "trend-chips" });
  const options = h("datalist", { id: "trend-sensors" });
  const input = h("input", {
    type: "search",
    list: "trend-sensors",
    autocomplete: "off",
    dir: "ltr",
    placeholder: t("trend.which"),
    "aria-label": t("trend.which"),
    "data-testid": "trend-add",
  });
  const whole = h("button", { type: "button", class: "link", hidden: true }, t("chart.whole"));
  const table = h("a", { class: "btn btn-sm", download: "" }, icon("download"), "CSV");
  const close = h(
    "button",
    { class: "tool", type: "button", "aria-label": t("close"), onclick: () => set(false) },
    icon("x"),
  );
  const box = h("div", { class: "trend-box" });
  const read = h("p", { class: "chart-read" });
  const spans = spanButtons(hours, (chosen) => {
    hours = chosen;
    zoom(null);
  });
  panel.append(
    h(
      "div",
      { class: "trend-tools" },
      h("h2", {}, t("trend.title")),
      input,
      options,
      spans,
      whole,
      table,
      close,
    ),
    chips,
    box,
    read,
  );

  const set = (open: boolean) => {
    panel.hidden = !open;
    button.setAttribute("aria-pressed", String(open));
    if (open) {
      options.replaceChildren(
        ...sortSensors(store.sensors.values())
          .slice(0, 2000)
          .map((sensor) => h("option", { value: sensor.code }, sensor.name)),
      );
      void load();
    } else asked.abort();
    changed();
  };
  const zoom = (span: Span | null) => {
    zoomed = span;
    whole.hidden = span === null;
    void load();
  };
  const add = (code: string) => {
    if (!codes.includes(code)) codes = [...codes.slice(-MOST + 1), code];
    set(true);
  };
  const remove = (code: string) => {
    codes = codes.filter((one) => one !== code);
    void load();
    changed();
  };
  const load = async () => {
    asked.abort();
    asked = new AbortController();
    drawChips();
    const to = new Date();
    const span = zoomed ?? { from: new Date(to.getTime() - hours * 3_600_000), to };
    table.hidden = codes.length === 0;
    table.href = trendAddress(codes, span, TABLE_POINTS, "csv");
    if (!codes.length) {
      clear(blank("activity", t("trend.empty"), t("trend.empty_text")));
      return;
    }
    if (!plot) box.replaceChildren(loading());
    try {
      const found = await loadTrend(codes, span, POINTS, asked.signal);
      clear();
      plot = draw(box, found, span, (text) => setText(read, text), zoom);
      setText(read, t("chart.zoom_hint"));
    } catch (error) {
      if (!(error instanceof DOMException)) clear(unread(error));
    }
  };
  const clear = (instead?: Node) => {
    plot?.destroy();
    plot = null;
    box.replaceChildren(...(instead ? [instead] : []));
    setText(read, "");
  };
  const drawChips = () =>
    chips.replaceChildren(
      ...codes.map((code, index) =>
        h(
          "li",
          { "data-tone": index + 1 },
          h("span", { class: "trend-sample", "aria-hidden": "true" }),
          h(
            "button",
            {
              class: "link",
              type: "button",
              onclick: () => store.select({ what: "sensor", code }),
            },
            h("bdi", { dir: "ltr" }, code),
          ),
          h(
            "button",
            {
              class: "tool",
              type: "button",
              "aria-label": t("trend.remove", { code }),
              onclick: () => remove(code),
            },
            icon("x"),
          ),
        ),
      ),
    );
  input.addEventListener("change", () => {
    if (!store.sensors.has(input.value)) return;
    add(input.value);
    input.value = "";
  });
  whole.addEventListener("click", () => zoom(null));
  box.addEventListener("dblclick", () => zoom(null));
  button.addEventListener("click", () => set(panel.hidden === true));
  store.on("sensors", () => panel.hidden || set(true));
  return {
    add,
    codes: () => (panel.hidden ? [] : codes),
    restore: (wanted) => {
      codes = wanted.slice(0, MOST);
      set(true);
    },
    isOpen: () => !panel.hidden,
    close: () => set(false),
  };
}

function draw(
  box: HTMLElement,
  found: History[],
  span: Span,
  say: (text: string) => void,
  zoom: (span: Span) => void,
): uPlot {
  const units = [...new Set(found.map((one) => one.unit))];
  const lines = found.map((one) => toLines(one));
  const data = uPlot.join(lines.map((one) => [one.x, one.value] as uPlot.AlignedData));
  const [time, first] = axes(unitName(units[0] ?? ""), "time") as [uPlot.Axis, uPlot.Axis];
  const scales = units.map((unit) => `of ${unit}`);
  const [one, two] = scales;
  const options: Omit<uPlot.Options, "width" | "height"> = {
    axes: [
      time,
      { ...first, scale: one ?? "y" },
      ...(two
        ? [{ ...first, scale: two, side: 1 as const, label: unitName(units[1] ?? ""), grid: { show: false } }]
        : []),
    ],
    scales: {
      x: { time: true, range: () => [span.from.getTime() / 1000, span.to.getTime() / 1000] },
    },
    series: [
      {},
      ...found.map((history, index) => ({
        scale: `of ${history.unit}`,
        stroke: () => token(`--trend-${index + 1}`),
        width: 1.75,
        dash: DASHES[index] ?? [],
        points: dots(false),
      })),
    ],
    legend: { show: false },
    cursor: { y: false, drag: { x: true, y: false, setScale: false }, points: { size: 7 } },
    hooks: {
      setCursor: [(plot) => say(text(plot, found, lines))],
      setSelect: [
        (plot) => {
          const { left, width } = plot.select;
          if (width <= 5) return;
          const [from, to] = [plot.posToVal(left, "x"), plot.posToVal(left + width, "x")];
          zoom({ from: new Date(from * 1000), to: new Date(to * 1000) });
        },
      ],
    },
  };
  return makePlot(box, options, data, 210);
}

/** What each line says where the pointer is: its last value until then. */
function text(plot: uPlot, found: History[], lines: { x: number[]; value: (number | null)[] }[]): string {
  const index = plot.cursor.idx;
  if (index === null || index === undefined) return t("chart.zoom_hint");
  const second = plot.data[0][index] ?? 0;
  const values = found.map((history, i) => {
    const line = lines[i];
    const last = line ? line.x.findLastIndex((at) => at <= second) : -1;
    const value = line?.value[last];
    return isolated(
      `${value === null || value === undefined ? "–" : number(value)} ${unitName(history.unit)}`,
    );
  });
  return [when(new Date(second * 1000)), ...values].join(" · ");
}
