import type { Difference, Store, Write } from "./writes";

/** What an answer means for a write: it is there; it cannot be so; not now; nobody answered at all. */
export type Outcome = "taken" | "refused" | "later" | "unreachable";

export interface Answer {
  outcome: Outcome;
  problem: string;
  differences: Difference[];
}

export type Post = (write: Write) => Promise<Response>;

/**
 * Send what waits, oldest first. A write is removed only once the platform answered with its own identifier;
 * one whose answer says that the map changed meanwhile is kept to be read. Returns those taken.
 */
export async function sendAll(store: Store, owner: string, post: Post): Promise<Write[]> {
  const taken: Write[] = [];
  for (const write of await store.all(owner)) {
    if (write.state !== "waiting") continue;
    const { outcome, problem, differences } = await attempt(write, post);
    if (outcome === "unreachable") break;
    if (outcome === "later") {
      await store.put({ ...write, problem });
      continue;
    }
    if (outcome === "refused") await store.put({ ...write, state: "refused", problem });
    else if (differences.length) await store.put({ ...write, state: "taken", problem: "", differences });
    else await store.remove(write.id);
    if (outcome === "taken") taken.push(write);
  }
  return taken;
}

async function attempt(write: Write, post: Post): Promise<Answer> {
  let response: Response;
  try {
    response = await post(write);
  } catch {
    return { outcome: "unreachable", problem: "", differences: [] };
  }
  const body: unknown = await response.json().catch(() => null);
  return read(write, response.status, body);
}

/** Read an answer. A page of someone else's network that says 200 acknowledges nothing. */
export function read(write: Write, status: number, body: unknown): Answer {
  const told = (typeof body === "object" && body !== null ? body : {}) as Record<string, unknown>;
  if (status >= 200 && status < 300) {
    const ours = told["client_id"] === write.id;
    return { outcome: ours ? "taken" : "unreachable", problem: "", differences: changed(told) };
  }
  const code = String(told["code"] ?? "");
  const problem = reasons(told);
  const passing = [401, 403, 408, 425, 428, 429].includes(status) || status >= 500;
  if (passing || code === "idempotency_in_flight" || !code)
    return { outcome: "later", problem, differences: [] };
  return { outcome: "refused", problem, differences: [] };
}

function changed(told: Record<string, unknown>): Difference[] {
  const said = Array.isArray(told["said"])
    ? (told["said"] as (Difference & { changed_since: boolean })[])
    : [];
  return said
    .filter((one) => one.changed_since)
    .map(({ field, seen, mapped, found }) => ({ field, seen, mapped, found }));
}

function reasons(told: Record<string, unknown>): string {
  const errors = Object.values((told["errors"] ?? {}) as Record<string, unknown>).flat();
  return errors.length ? errors.map(String).join(" ") : String(told["title"] ?? "");
}
