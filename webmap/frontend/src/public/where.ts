import { loadTexts, t } from "../i18n";

/** The place of a report: the device's position, or a pin on a map that is loaded only when asked for. */
export async function startWhere(): Promise<void> {
  const box = document.querySelector<HTMLElement>("[data-where]");
  if (!box) return;
  await loadTexts();
  box.hidden = false;
  const place = new Place(box);
  box.querySelector("[data-where-locate]")?.addEventListener("click", () => place.locate());
  const button = box.querySelector<HTMLButtonElement>("[data-where-map]");
  button?.addEventListener("click", async () => {
    button.setAttribute("aria-expanded", "true");
    await place.openMap();
  });
}

class Place {
  private readonly lon: HTMLInputElement;
  private readonly lat: HTMLInputElement;
  private readonly told: HTMLElement;
  private readonly frame: HTMLElement;
  private move: ((at: [number, number]) => void) | null = null;

  constructor(private readonly box: HTMLElement) {
    this.lon = box.querySelector<HTMLInputElement>("[name=lon]") as HTMLInputElement;
    this.lat = box.querySelector<HTMLInputElement>("[name=lat]") as HTMLInputElement;
    this.told = box.querySelector("[data-where-told]") as HTMLElement;
    this.frame = box.querySelector("[data-where-frame]") as HTMLElement;
    if (this.lon.value && this.lat.value) this.tell(t("report.point_kept"));
  }

  locate(): void {
    if (!navigator.geolocation) {
      this.tell(t("report.position_unknown"), true);
      return;
    }
    this.tell(t("report.position_asking"));
    navigator.geolocation.getCurrentPosition(
      ({ coords }) => {
        this.set([coords.longitude, coords.latitude]);
        this.tell(t("report.position_found", { n: Math.max(5, Math.round(coords.accuracy / 5) * 5) }));
        this.move?.([coords.longitude, coords.latitude]);
      },
      (error) =>
        this.tell(
          t(error.code === error.PERMISSION_DENIED ? "report.position_refused" : "report.position_unknown"),
          true,
        ),
      { enableHighAccuracy: true, timeout: 12_000, maximumAge: 60_000 },
    );
  }

  async openMap(): Promise<void> {
    if (this.move) return;
    this.frame.hidden = false;
    this.tell(t("report.map_loading"));
    try {
      const { openPin } = await import("./pin");
      this.move = await openPin(this.frame, this.start(), this.lon.value !== "", (at) => {
        this.set(at);
        this.tell(t("report.point_chosen"));
      });
      this.tell(this.lon.value ? t("report.point_kept") : t("report.map_hint"));
    } catch {
      this.frame.hidden = true;
      this.tell(t("report.map_failed"), true);
    }
  }

  private start(): [number, number] {
    const given: [number, number] = [Number(this.lon.value), Number(this.lat.value)];
    if (this.lon.value && given.every(Number.isFinite)) return given;
    return [Number(this.box.dataset["lon"]), Number(this.box.dataset["lat"])];
  }

  private set([lon, lat]: [number, number]): void {
    this.lon.value = lon.toFixed(6);
    this.lat.value = lat.toFixed(6);
  }

  private tell(text: string, failed = false): void {
    this.told.textContent = text;
    this.told.dataset["tone"] = failed ? "error" : "";
  }
}
