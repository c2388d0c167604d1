import { describe, expect, it } from "vitest";
import { sendAll } from "./sending";
import { inOrder, type Store, type Write } from "./writes";

function write(id: string, more: Partial<Write> = {}): Write {
  return {
    id,
    owner: "7",
    address: "/api/v1/corrections/",
    fields: {},
    photo: null,
    madeAt: `2026-03-01T10:00:0${id}Z`,
    title: "p1",
    form: "/",
    state: "waiting",
    problem: "",
    differences: [],
    ...more,
  };
}

function kept(...writes: Write[]): Store & { rows: Map<string, Write> } {
  const rows = new Map(writes.map((one) => [one.id, one]));
  return {
    rows,
    all: async (owner) => inOrder([...rows.values()].filter((one) => one.owner === owner)),
    put: async (one) => void rows.set(one.id, one),
    remove: async (id) => void rows.delete(id),
  };
}

const answers = (status: number, body: unknown) => async () => Response.json(body, { status });
const acknowledged = async (one: Write) => Response.json({ client_id: one.id, said: [] }, { status: 201 });

describe("what waits on the phone", () => {
  it("leaves once it was acknowledged, oldest first and under the name of who did it", async () => {
    const store = kept(write("2"), write("1"), write("3", { owner: "8" }));
    const order: string[] = [];
    const post = (one: Write) => {
      order.push(one.id);
      return acknowledged(one);
    };
    expect((await sendAll(store, "7", post)).map((one) => one.id)).toEqual(["1", "2"]);
    expect(order).toEqual(["1", "2"]);
    expect([...store.rows.keys()]).toEqual(["3"]);
  });

  it.each([
    ["no network", () => Promise.reject(new TypeError("failed"))],
    ["a portal that says yes to everything", async () => new Response("<html>Welcome", { status: 200 })],
    ["a proxy in between", async () => new Response("Bad gateway", { status: 502 })],
    ["a session that ended", answers(403, { code: "forbidden", title: "Sign in" })],
    ["the same still being worked on", answers(409, { code: "idempotency_in_flight" })],
    ["too many at once", answers(429, { code: "too_many_requests" })],
  ])("stays after %s", async (_, post) => {
    const store = kept(write("1"));
    expect(await sendAll(store, "7", post)).toEqual([]);
    expect(store.rows.get("1")?.state).toBe("waiting");
  });

  it("is kept with the reason where it cannot be so, and does not hold up the others", async () => {
    const store = kept(write("1"), write("2"));
    const refusal = answers(400, {
      code: "invalid",
      title: "No",
      errors: { place: ["More than 2 km away."] },
    });
    await sendAll(store, "7", (one) => (one.id === "1" ? refusal() : acknowledged(one)));
    expect(store.rows.get("1")).toMatchObject({ state: "refused", problem: "More than 2 km away." });
    expect(store.rows.has("2")).toBe(false);
    await sendAll(store, "7", acknowledged);
    expect(store.rows.has("1")).toBe(true);
  });

  it("says what changed on the map between the writing and the sending", async () => {
    const store = kept(write("1"));
    const difference = { field: "diameter_mm", seen: 100, mapped: 160, found: 150 };
    const said = [{ ...difference, changed_since: true }];
    await sendAll(store, "7", answers(201, { client_id: "1", said }));
    expect(store.rows.get("1")).toMatchObject({ state: "taken", differences: [difference] });
  });
});
