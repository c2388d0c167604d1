/** One thing done on this phone that the platform has not acknowledged yet, or whose answer is to be read. */
export interface Write {
  /** A UUID: the `client_id` and the `Idempotency-Key` of every attempt. */
  id: string;
  /** Who did it: nothing leaves under another name. */
  owner: string;
  address: string;
  fields: Record<string, unknown>;
  photo: Blob | null;
  /** The phone's own time, ISO 8601. */
  madeAt: string;
  /** What people see of it: a title, and the form in which it can be mended. */
  title: string;
  form: string;
  /** Waiting to leave; refused, until someone mends or discards it; taken, with something to be read. */
  state: "waiting" | "refused" | "taken";
  /** The last answer, for people. */
  problem: string;
  differences: Difference[];
}

/** A field of which the map changed between the writing and the sending. */
export interface Difference {
  field: string;
  seen: unknown;
  mapped: unknown;
  found: unknown;
}

/** Where writes are kept: IndexedDB on a phone, an array in tests. */
export interface Store {
  all(owner: string): Promise<Write[]>;
  put(write: Write): Promise<void>;
  remove(id: string): Promise<void>;
}

const NAME = "chabaka-outbox";
const TABLE = "writes";

/** Open the phone's own store. Raises where the browser has none. */
export async function openStore(): Promise<Store> {
  const database = await opened();
  const run = <T>(mode: IDBTransactionMode, ask: (table: IDBObjectStore) => IDBRequest<T>): Promise<T> =>
    new Promise((done, fail) => {
      const transaction = database.transaction(TABLE, mode, { durability: "strict" });
      const asked = ask(transaction.objectStore(TABLE));
      // Written is what the disk holds, not what was asked.
      transaction.oncomplete = () => done(asked.result);
      transaction.onabort = () => fail(transaction.error);
    });
  return {
    async all(owner) {
      const kept = await run("readonly", (table) => table.getAll() as IDBRequest<Write[]>);
      return inOrder(kept.filter((write) => write.owner === owner));
    },
    async put(write) {
      await run("readwrite", (table) => table.put(write));
    },
    async remove(id) {
      await run("readwrite", (table) => table.delete(id));
    },
  };
}

/** Put writes in the order in which they were made. */
export function inOrder(writes: Write[]): Write[] {
  return [...writes].sort((one, other) => one.madeAt.localeCompare(other.madeAt));
}

function opened(): Promise<IDBDatabase> {
  return new Promise((done, fail) => {
    const request = indexedDB.open(NAME, 1);
    request.onupgradeneeded = () => request.result.createObjectStore(TABLE, { keyPath: "id" });
    request.onsuccess = () => done(request.result);
    request.onerror = () => fail(request.error);
  });
}
