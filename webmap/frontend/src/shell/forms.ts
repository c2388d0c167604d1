/** Keep a second press of the same button from sending a form twice. */
export function startForms(): void {
  document.addEventListener("submit", (event) => {
    const form = event.target as HTMLFormElement;
    if (form.method !== "post" || form.dataset["repeatable"] !== undefined) return;
    if (form.dataset["sent"]) event.preventDefault();
    form.dataset["sent"] = "1";
    form.setAttribute("aria-busy", "true");
  });
  // Coming back by the browser's "back" finds the form usable again.
  window.addEventListener("pageshow", () => {
    for (const form of document.querySelectorAll<HTMLFormElement>("form[data-sent]")) {
      delete form.dataset["sent"];
      form.removeAttribute("aria-busy");
    }
  });
}
