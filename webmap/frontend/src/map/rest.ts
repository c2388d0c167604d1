/**
 * The map rests while a curve that someone asked for is on its way: without a graphics card a browser draws one
 * thing after the other, and a frame of the map takes as long as all the rest.
 */

/** Longer than this nothing waits: the curve may be slow, or fail. */
const MOST_MS = 400;

const waiting = new Map<string, () => void>();
let timer = 0;

export function isResting(): boolean {
  return timer !== 0;
}

/** Let the map rest; the returned function ends that, after the frame that is drawn next. */
export function restMap(): () => void {
  window.clearTimeout(timer);
  const mine = window.setTimeout(wake, MOST_MS);
  timer = mine;
  const end = () => timer === mine && wake();
  return () => requestAnimationFrame(() => requestAnimationFrame(end));
}

/** Change the map now or, where it rests, afterwards; of changes of the same name the newest alone is made. */
export function onMap(name: string, change: () => void): void {
  if (isResting()) waiting.set(name, change);
  else change();
}

function wake(): void {
  window.clearTimeout(timer);
  timer = 0;
  const due = [...waiting.values()];
  waiting.clear();
  for (const change of due) change();
}
