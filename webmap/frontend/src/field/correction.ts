import { t } from "../i18n";
import type { Outbox } from "../outbox/start";
import type { Write } from "../outbox/writes";
import { h, icon } from "../ui/h";

const API = "/api/v1/corrections/";
const TOLD = "chabaka-correction-sent";

/** Let the form of a correction go through the outbox: kept on the phone first, sent as soon as that is possible. */
export async function startCorrection(outbox: Outbox): Promise<void> {
  tellSent();
  const form = document.querySelector<HTMLFormElement>("form[data-correction]");
  if (!form) return;
  let mended = await outbox.find(new URLSearchParams(location.hash.slice(1)).get("mend") ?? "");
  if (mended) refill(form, mended);
  window.addEventListener("hashchange", () => location.reload());
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    // The page's own guard would mark the form as sent.
    event.stopPropagation();
    if (form.getAttribute("aria-busy")) return;
    form.setAttribute("aria-busy", "true");
    void take(form, outbox, mended)
      .then((refused) => {
        mended = refused;
      })
      .finally(() => form.removeAttribute("aria-busy"));
  });
}

/** Keep what was written and try to send it; return it where it was refused at once, to be mended in place. */
async function take(
  form: HTMLFormElement,
  outbox: Outbox,
  mended: Write | undefined,
): Promise<Write | undefined> {
  const write = asWrite(form, outbox.owner, mended);
  await outbox.keep(write);
  if (mended) await outbox.discard(mended.id);
  const taken = await outbox.send();
  if (taken.some((one) => one.id === write.id)) {
    sessionStorage.setItem(TOLD, write.id);
    location.assign(form.dataset["done"] ?? "/field/");
    return undefined;
  }
  window.scrollTo(0, 0);
  const kept = await outbox.find(write.id);
  if (kept?.state === "refused") return kept;
  form.replaceWith(notice("info", "correction-kept", t("outbox.kept"), "mt-4"));
  return undefined;
}

function asWrite(form: HTMLFormElement, owner: string, mended: Write | undefined): Write {
  const given = new FormData(form);
  const photo = given.get("photo");
  const { network, kind, code, version } = form.dataset;
  const text = (name: string) => String(given.get(name) ?? "").trim();
  return {
    id: crypto.randomUUID(),
    owner,
    address: API,
    fields: {
      network,
      kind,
      code,
      seen_version: mended ? mended.fields["seen_version"] : version,
      note: text("note"),
      changes: changesOf(given),
    },
    photo: photo instanceof File && photo.size ? photo : (mended?.photo ?? null),
    madeAt: new Date().toISOString(),
    title: String(code),
    form: location.pathname,
    state: "waiting",
    problem: "",
    differences: [],
  };
}

const FIGURES = ["diameter_mm", "length_m", "elevation_m"];

/** Read what was filled in, as the API takes it; the platform judges it. */
export function changesOf(given: FormData): Record<string, unknown> {
  const text = (name: string) => String(given.get(name) ?? "").trim();
  const changes: Record<string, unknown> = {};
  const place = [text("lon"), text("lat")];
  if (place.some(Boolean)) changes["place"] = place.map(decimal);
  for (const name of FIGURES) if (text(name)) changes[name] = decimal(text(name));
  for (const name of ["state", "address"]) if (text(name)) changes[name] = text(name);
  if (text("operable")) changes["operable"] = text("operable") === "yes";
  return changes;
}

function decimal(text: string): string {
  return text.replace(",", ".");
}

function refill(form: HTMLFormElement, { fields }: Write): void {
  const changes = (fields["changes"] ?? {}) as Record<string, unknown>;
  const [lon, lat] = (changes["place"] ?? []) as string[];
  const operable = changes["operable"] === undefined ? undefined : changes["operable"] ? "yes" : "no";
  const values = { ...changes, lon, lat, operable, note: fields["note"] };
  for (const [name, value] of Object.entries(values)) {
    const input = form.elements.namedItem(name);
    if (value !== undefined && input && "value" in input) input.value = String(value);
  }
}

function notice(tone: "info" | "success", testid: string, words: string, space: string): HTMLElement {
  const box = { class: `flash ${space}`, "data-tone": tone, role: "status", "data-testid": testid };
  return h("div", box, icon("circle-check"), h("div", {}, words));
}

/** Say on the page that follows that it arrived. */
function tellSent(): void {
  if (!sessionStorage.getItem(TOLD)) return;
  sessionStorage.removeItem(TOLD);
  document.querySelector("#main")?.prepend(notice("success", "correction-sent", t("outbox.sent"), "mb-6"));
}
