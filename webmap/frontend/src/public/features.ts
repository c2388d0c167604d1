/** The features of a page of the OGC API: their map is loaded only when asked for. */
export function startFeatures(): void {
  const box = document.querySelector<HTMLElement>("[data-features]");
  const button = box?.querySelector<HTMLButtonElement>("[data-features-open]");
  const frame = box?.querySelector<HTMLElement>("[data-features-frame]");
  if (!box || !button || !frame) return;
  button.hidden = false;
  button.addEventListener("click", async () => {
    button.disabled = true;
    frame.hidden = false;
    try {
      const address = new URL(box.dataset["features"] ?? "", location.href);
      address.searchParams.delete("crs");
      const [{ openFeatures }, answer] = await Promise.all([import("./features-map"), fetch(address)]);
      if (!answer.ok) throw new Error(String(answer.status));
      await openFeatures(frame, await answer.json());
      button.hidden = true;
    } catch {
      frame.hidden = true;
      button.disabled = false;
    }
  });
}
