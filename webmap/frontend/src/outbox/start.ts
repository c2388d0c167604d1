import { loadTexts } from "../i18n";
import { csrfToken } from "../shell/csrf";
import { fillBar } from "./bar";
import { sendAll } from "./sending";
import { openStore, type Store, type Write } from "./writes";

/** What this phone holds for one person until the platform has acknowledged it. */
export interface Outbox {
  owner: string;
  keep(write: Write): Promise<void>;
  find(id: string): Promise<Write | undefined>;
  discard(id: string): Promise<void>;
  /** Try to send everything; return what was taken now. */
  send(): Promise<Write[]>;
}

/**
 * Start the outbox of a page that has `[data-outbox]`: it sends on start, when the network comes back, when the
 * page is looked at again, and by its button. Null where the page has none or the browser keeps nothing.
 */
export async function startOutbox(): Promise<Outbox | null> {
  const bar = document.querySelector<HTMLElement>("[data-outbox]");
  const owner = bar?.dataset["owner"];
  if (!bar || !owner) return null;
  const store = await openStore().catch(() => null);
  if (!store) return null;
  await loadTexts();
  const outbox = made(store, owner, bar);
  const send = () => void outbox.send();
  window.addEventListener("online", send);
  window.addEventListener("offline", () => void show(store, owner, bar, outbox));
  document.addEventListener("visibilitychange", () => {
    if (document.visibilityState === "visible") send();
  });
  send();
  return outbox;
}

function made(store: Store, owner: string, bar: HTMLElement): Outbox {
  const outbox: Outbox = {
    owner,
    async keep(write) {
      await store.put(write);
      void navigator.storage?.persist?.();
      await show(store, owner, bar, outbox);
    },
    find: async (id) => (await store.all(owner)).find((write) => write.id === id),
    async discard(id) {
      await store.remove(id);
      await show(store, owner, bar, outbox);
    },
    async send() {
      const taken = await alone(() => sendAll(store, owner, post));
      await show(store, owner, bar, outbox);
      return taken;
    },
  };
  return outbox;
}

async function show(store: Store, owner: string, bar: HTMLElement, outbox: Outbox): Promise<void> {
  fillBar(bar, await store.all(owner), {
    send: () => void outbox.send(),
    discard: (write) => void outbox.discard(write.id),
  });
}

/** Let one page at a time send: two would only get each other's answers. */
function alone<T>(work: () => Promise<T>): Promise<T> {
  return navigator.locks ? navigator.locks.request("chabaka-outbox", work) : work();
}

function post(write: Write): Promise<Response> {
  const form = new FormData();
  for (const [name, value] of Object.entries(write.fields)) {
    form.set(name, typeof value === "string" ? value : JSON.stringify(value));
  }
  form.set("client_id", write.id);
  // Someone else may have signed in, in another window, since this page was opened.
  form.set("author", write.owner);
  form.set("made_at", write.madeAt);
  if (write.photo) form.set("photo", write.photo, "photo.jpg");
  return fetch(write.address, {
    method: "POST",
    credentials: "same-origin",
    headers: { Accept: "application/json", "Idempotency-Key": write.id, "X-CSRFToken": csrfToken() },
    body: form,
  });
}
