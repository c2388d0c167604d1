import htmx from "htmx.org";
import { csrfToken } from "./csrf";

/** Configure htmx for a strict policy: no eval, no injected style, the CSRF token of the page on every request. */
export function startHtmx(): void {
  htmx.config.includeIndicatorStyles = false;
  htmx.config.allowEval = false;
  htmx.config.allowScriptTags = false;
  htmx.config.selfRequestsOnly = true;
  document.addEventListener("htmx:configRequest", (event) => {
    const detail = (event as CustomEvent<{ headers: Record<string, string> }>).detail;
    detail.headers["X-CSRFToken"] = csrfToken();
  });
}
