/** Fill a position in from the device: `[data-locate]` holds the button, the two inputs and what to say. */
export function startLocate(): void {
  for (const box of document.querySelectorAll<HTMLElement>("[data-locate]")) {
    const button = box.querySelector<HTMLButtonElement>("[data-locate-button]");
    const told = box.querySelector<HTMLElement>("[data-locate-told]");
    if (!button || !told || !navigator.geolocation) continue;
    button.hidden = false;
    const fill = (name: string, value: number) => {
      const input = box.querySelector<HTMLInputElement>(`[name=${name}]`);
      if (input) input.value = value.toFixed(6);
    };
    button.addEventListener("click", () => {
      told.textContent = box.dataset["asking"] ?? "";
      navigator.geolocation.getCurrentPosition(
        ({ coords }) => {
          fill("lon", coords.longitude);
          fill("lat", coords.latitude);
          told.textContent = `${box.dataset["found"] ?? ""} ${Math.ceil(coords.accuracy)}`;
        },
        () => {
          told.textContent = box.dataset["unknown"] ?? "";
        },
        { enableHighAccuracy: true, timeout: 15_000, maximumAge: 0 },
      );
    });
  }
}
