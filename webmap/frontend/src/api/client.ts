import { csrfToken } from "../shell/csrf";

/** What the platform answers when it refuses (`application/problem+json`). */
export class Problem extends Error {
  constructor(
    readonly status: number,
    readonly code: string,
    title: string,
    readonly body: Record<string, unknown>,
  ) {
    super(title);
  }
}

/** No answer at all: the network is down or the server away. */
export class Unreachable extends Error {}

/** GET JSON. Raises Problem or Unreachable. */
export function get<T>(path: string, signal?: AbortSignal): Promise<T> {
  return request<T>(path, signal ? { signal } : {});
}

/** POST JSON. Raises Problem or Unreachable. */
export function post<T>(path: string, body: unknown): Promise<T> {
  return request<T>(path, {
    method: "POST",
    headers: { "Content-Type": "application/json", "X-CSRFToken": csrfToken() },
    body: JSON.stringify(body),
  });
}

/** PATCH JSON against the version one saw. Raises Problem (412: someone changed it since) or Unreachable. */
export function patch<T>(path: string, body: unknown, version: number): Promise<T> {
  return request<T>(path, {
    method: "PATCH",
    headers: {
      "Content-Type": "application/json",
      "If-Match": `"${version}"`,
      "X-CSRFToken": csrfToken(),
    },
    body: JSON.stringify(body),
  });
}

/** Read a whole list page by page, following `next`. Stops at `most` rows. */
export async function getAll<T>(path: string, rows: (page: Page) => T[], most = 5000): Promise<T[]> {
  const all: T[] = [];
  let next: string | null = path;
  while (next && all.length < most) {
    const page: Page = await get<Page>(next);
    all.push(...rows(page));
    next = nextAddress(next, page.next);
  }
  return all;
}

export interface Page {
  next?: string | null;
  features?: unknown[];
  results?: unknown[];
}

/** `next` may be an address or a bare cursor. */
export function nextAddress(path: string, next: string | null | undefined): string | null {
  if (!next) return null;
  if (next.includes("/")) {
    const url = new URL(next, location.origin);
    return url.pathname + url.search;
  }
  const url = new URL(path, location.origin);
  url.searchParams.set("cursor", next);
  return url.pathname + url.search;
}

async function request<T>(path: string, options: RequestInit): Promise<T> {
  let response: Response;
  try {
    response = await fetch(path, {
      credentials: "same-origin",
      ...options,
      headers: { Accept: "application/json", ...options.headers },
    });
  } catch (error) {
    if (error instanceof DOMException && error.name === "AbortError") throw error;
    throw new Unreachable();
  }
  const body: unknown = await response.json().catch(() => ({}));
  if (response.ok) return body as T;
  const problem = body as Record<string, unknown>;
  throw new Problem(
    response.status,
    String(problem["code"] ?? response.status),
    String(problem["title"] ?? response.statusText),
    problem,
  );
}
