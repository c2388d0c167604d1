/** Build DOM without HTML strings: text is always text. */
export type Child = Node | string | number | null | undefined | false;
type Value = string | number | boolean | null | undefined | EventListener;

/** Create an element. Attributes by name; `onclick` and the like take functions; `text` sets the content. */
export function h<K extends keyof HTMLElementTagNameMap>(
  tag: K,
  attributes: Record<string, Value> = {},
  ...children: Child[]
): HTMLElementTagNameMap[K] {
  const element = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) setAttribute(element, name, value);
  element.append(...children.filter(isShown).map(asNode));
  return element;
}

/** Set, or with null, undefined and false remove, an attribute. */
export function setAttribute(element: Element, name: string, value: Value): void {
  if (typeof value === "function") element.addEventListener(name.replace(/^on/, ""), value);
  else if (value === null || value === undefined || value === false) element.removeAttribute(name);
  else element.setAttribute(name, value === true ? "" : String(value));
}

function isShown(child: Child): child is Node | string | number {
  return child !== null && child !== undefined && child !== false;
}

function asNode(child: Node | string | number): Node | string {
  return typeof child === "number" ? String(child) : child;
}

/** Set text only where it differs, so that observers and screen readers hear only changes. */
export function setText(element: Element, text: string): void {
  if (element.textContent !== text) element.textContent = text;
}

/** Find an element that the template promises. */
export function must<T extends Element = HTMLElement>(selector: string, root: ParentNode = document): T {
  const found = root.querySelector<T>(selector);
  if (!found) throw new Error(`the page has no ${selector}`);
  return found;
}

const SVG = "http://www.w3.org/2000/svg";

/** Draw an icon of the sprite. */
export function icon(name: string, css = ""): SVGSVGElement {
  const svg = document.createElementNS(SVG, "svg");
  svg.setAttribute("class", `icon ${css}`.trim());
  svg.setAttribute("viewBox", "0 0 24 24");
  svg.setAttribute("aria-hidden", "true");
  const use = document.createElementNS(SVG, "use");
  use.setAttribute("href", `${spriteUrl()}#${name}`);
  svg.append(use);
  return svg;
}

/** Return the address of the icon sprite, as the page gives it. */
export function spriteUrl(): string {
  return document.querySelector<HTMLMetaElement>('meta[name="icons"]')?.content ?? "";
}

const SHAPES: Record<number, string> = {
  1: "M6.3 1h7.4L19 6.3v7.4L13.7 19H6.3L1 13.7V6.3z",
  2: "M10 1.2 19.6 18.5H.4z",
  3: "M3.500 2h13A1.500 1.500 0 0 1 18 3.500v13a1.500 1.500 0 0 1-1.500 1.500h-13A1.500 1.500 0 0 1 2 16.500v-13A1.500 1.500 0 0 1 3.500 2z",
  4: "M10 1.500a8.500 8.500 0 1 0 0 17 8.500 8.500 0 0 0 0-17z",
};

/** Return the outline of an alarm priority in a 20 by 20 box: 1 octagon, 2 triangle, 3 square, 4 circle. */
export function priorityPath(level: number): string {
  return SHAPES[level] ?? (SHAPES[4] as string);
}

/** Draw an alarm priority: its shape and its number. */
export function priorityIcon(level: number, label: string): SVGSVGElement {
  const svg = document.createElementNS(SVG, "svg");
  svg.setAttribute("class", "priority");
  svg.setAttribute("viewBox", "0 0 20 20");
  svg.setAttribute("role", "img");
  svg.setAttribute("aria-label", label);
  svg.dataset["priority"] = String(level);
  const path = document.createElementNS(SVG, "path");
  path.setAttribute("d", priorityPath(level));
  path.setAttribute("fill", "currentColor");
  const text = document.createElementNS(SVG, "text");
  text.setAttribute("x", "10");
  text.setAttribute("y", level === 2 ? "16" : "14");
  text.textContent = String(level);
  svg.append(path, text);
  return svg;
}

/** Keep a list of elements in step with items: by key, in order, without rebuilding what stays. */
export function keepList<T>(
  parent: Element,
  items: readonly T[],
  key: (item: T) => string,
  create: (item: T) => HTMLElement,
  update: (element: HTMLElement, item: T) => void,
): void {
  const old = new Map<string, HTMLElement>();
  const held = parent.contains(document.activeElement) ? document.activeElement : null;
  for (const child of parent.children)
    old.set((child as HTMLElement).dataset["key"] ?? "", child as HTMLElement);
  let place: Element | null = parent.firstElementChild;
  for (const item of items) {
    const name = key(item);
    let element = old.get(name);
    if (element) old.delete(name);
    else {
      element = create(item);
      element.dataset["key"] = name;
    }
    update(element, item);
    if (element === place) place = place.nextElementSibling;
    else parent.insertBefore(element, place);
  }
  for (const gone of old.values()) gone.remove();
  // Moving an element takes the focus from it.
  if (held instanceof HTMLElement && parent.contains(held) && held !== document.activeElement)
    held.focus({ preventScroll: true });
}
