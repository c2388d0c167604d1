import { fieldName, fieldValue } from "../console/element-words";
import { isolated, when } from "../format";
import { plural, t } from "../i18n";
import { h, icon } from "../ui/h";
import type { Difference, Write } from "./writes";

export interface Deeds {
  send(): void;
  discard(write: Write): void;
}

/** Fill the bar that says what is on this phone and nowhere else; hidden where there is nothing. */
export function fillBar(bar: HTMLElement, writes: Write[], deeds: Deeds): void {
  bar.hidden = writes.length === 0;
  const waiting = writes.filter((write) => write.state === "waiting").length;
  bar.dataset["waiting"] = String(waiting);
  bar.replaceChildren(...(bar.hidden ? [] : [head(waiting, deeds), list(writes, deeds)]));
}

function head(waiting: number, deeds: Deeds): HTMLElement {
  const words = waiting ? plural("outbox.waiting", waiting) : t("outbox.to_read");
  const button = h(
    "button",
    { class: "btn", type: "button", "data-testid": "outbox-send" },
    t("outbox.send"),
  );
  button.addEventListener("click", deeds.send);
  const way = navigator.onLine ? null : h("span", { class: "muted" }, t("outbox.offline"));
  return h(
    "div",
    { class: "outbox-head", role: "status" },
    icon(waiting === 0 ? "info" : navigator.onLine ? "upload" : "wifi-off"),
    h("p", {}, h("strong", {}, words), way),
    waiting > 0 && button,
  );
}

function list(writes: Write[], deeds: Deeds): HTMLElement {
  return h("ul", { class: "outbox-list" }, ...writes.map((write) => row(write, deeds)));
}

function row(write: Write, deeds: Deeds): HTMLElement {
  return h(
    "li",
    { "data-testid": "outbox-row", "data-state": write.state },
    h(
      "p",
      {},
      h("bdi", { class: "mono" }, write.title),
      " · ",
      h("span", { class: "muted" }, when(write.madeAt)),
    ),
    write.problem ? h("p", { class: "outbox-problem" }, write.problem) : null,
    write.state === "taken" ? h("p", {}, t("outbox.changed")) : null,
    ...write.differences.map(difference),
    write.state === "waiting" ? null : buttons(write, deeds),
  );
}

function difference({ field, seen, mapped, found }: Difference): HTMLElement {
  const words = (value: unknown) => (field === "place" ? place(value) : fieldValue(field, value));
  return h(
    "dl",
    { class: "outbox-difference", "data-testid": "outbox-difference" },
    h("dt", {}, field === "place" ? t("outbox.place") : fieldName(field)),
    h("dd", {}, t("outbox.seen", { value: words(seen) })),
    h("dd", {}, t("outbox.mapped", { value: words(mapped) })),
    h("dd", {}, t("outbox.found", { value: words(found) })),
  );
}

function place(value: unknown): string {
  return Array.isArray(value) ? isolated(`${value[1]}, ${value[0]}`) : "–";
}

function buttons(write: Write, deeds: Deeds): HTMLElement {
  if (write.state === "taken") {
    return h(
      "div",
      { class: "action-row" },
      press(t("outbox.read"), () => deeds.discard(write)),
    );
  }
  const mend = h("a", { class: "btn action-main", href: `${write.form}#mend=${write.id}` }, t("outbox.mend"));
  const discard = press(t("outbox.discard"), () => {
    if (discard.dataset["sure"]) deeds.discard(write);
    discard.dataset["sure"] = "1";
    discard.textContent = t("outbox.discard_sure");
  });
  return h("div", { class: "action-row" }, mend, discard);
}

function press(words: string, deed: () => void): HTMLButtonElement {
  const button = h("button", { class: "btn action-main", type: "button" }, words);
  button.addEventListener("click", deed);
  return button;
}
