/** The live stream, and how it is doing. */
export type LiveState = "waiting" | "on" | "off";

type Handlers = Record<string, (data: Record<string, unknown>) => void>;

/** Silence longer than this (heartbeats come every 15 s) means the line is dead even if nobody said so. */
const SILENCE_MS = 40_000;
const RECONNECT_MS = 3_000;

/** Follow `/live/`; reconnect for ever, with the last event seen, so that no alarm is missed. */
export function followLive(handlers: Handlers, onState: (state: LiveState) => void): () => void {
  let source: EventSource | null = null;
  let heard = Date.now();
  let last = "";
  let stopped = false;
  let retry = 0;

  const hear = (event: MessageEvent<string>) => {
    heard = Date.now();
    if (event.lastEventId) last = event.lastEventId;
    onState("on");
  };

  const connect = () => {
    source?.close();
    heard = Date.now();
    source = new EventSource(last ? `/live/?last=${encodeURIComponent(last)}` : "/live/");
    for (const name of ["snapshot", "reading", "alarm", "incident", "report", "order"]) {
      source.addEventListener(name, (event) => {
        hear(event as MessageEvent<string>);
        handlers[name]?.(JSON.parse((event as MessageEvent<string>).data) as Record<string, unknown>);
      });
    }
    source.addEventListener("beat", (event) => hear(event as MessageEvent<string>));
    source.addEventListener("error", () => {
      onState(navigator.onLine ? "waiting" : "off");
      // The browser retries by itself unless the server refused; then we do.
      if (source?.readyState === EventSource.CLOSED && !stopped) again();
    });
  };

  const again = () => {
    window.clearTimeout(retry);
    retry = window.setTimeout(connect, RECONNECT_MS);
  };

  const watch = window.setInterval(() => {
    if (Date.now() - heard > SILENCE_MS) {
      onState("off");
      connect();
    }
  }, 5_000);
  window.addEventListener("online", connect);
  window.addEventListener("offline", () => {
    source?.close();
    onState("off");
  });
  // Leaving the page is not a failure to report.
  window.addEventListener("pagehide", () => source?.close());
  window.addEventListener("pageshow", (event) => event.persisted && connect());
  onState("waiting");
  connect();
  return () => {
    stopped = true;
    window.clearInterval(watch);
    source?.close();
  };
}
