import { csrfToken } from "../shell/csrf";

interface Begun {
  page: string;
  pieces: string;
  received: number;
  piece_bytes: number;
}

const ATTEMPTS = 5;
const PAUSE_MS = 1000;

/** Send the file of `form[data-upload]` in pieces: any size passes, and a broken line costs one piece. */
export function startUpload(): void {
  const form = document.querySelector<HTMLFormElement>("form[data-upload]");
  const input = form?.querySelector<HTMLInputElement>("input[type=file]");
  const name = form?.querySelector<HTMLElement>("[data-file-name]");
  input?.addEventListener("change", () => {
    const file = input.files?.[0];
    if (file && name) name.textContent = file.name;
  });
  form?.addEventListener("submit", (event) => {
    const file = input?.files?.[0];
    if (!file) return;
    event.preventDefault();
    void send(form, file).catch(() => refuse(form, form.dataset["broken"] ?? ""));
  });
}

async function send(form: HTMLFormElement, file: File): Promise<void> {
  const said = new FormData();
  said.set("file_name", file.name);
  said.set("size_bytes", String(file.size));
  said.set("fingerprint", String(file.lastModified));
  const answer = await post(form.action, said);
  if (!answer.ok) return refuse(form, ((await answer.json()) as { message: string }).message);
  const begun = (await answer.json()) as Begun;
  for (let offset = begun.received; offset < file.size; ) {
    tell(form, offset / file.size);
    offset = await sendPiece(begun, file, offset);
  }
  tell(form, 1);
  window.location.assign(begun.page);
}

/** Send one piece, again after a pause if the line breaks; return how much is there. */
async function sendPiece(begun: Begun, file: File, offset: number): Promise<number> {
  for (let attempt = 1; ; attempt++) {
    try {
      const answer = await post(
        `${begun.pieces}?offset=${offset}`,
        file.slice(offset, offset + begun.piece_bytes),
      );
      const { received } = (await answer.json()) as { received: number };
      if (!answer.ok && received <= offset) throw new Error(String(answer.status));
      return received;
    } catch (error) {
      if (attempt === ATTEMPTS) throw error;
      await new Promise((done) => window.setTimeout(done, attempt * PAUSE_MS));
    }
  }
}

function post(url: string, body: BodyInit): Promise<Response> {
  return fetch(url, { method: "POST", body, headers: { "X-CSRFToken": csrfToken() } });
}

function tell(form: HTMLFormElement, share: number): void {
  const box = form.querySelector<HTMLElement>("[data-upload-progress]");
  const bar = box?.querySelector("progress");
  const words = box?.querySelector("[data-upload-share]");
  if (!box || !bar || !words) return;
  box.hidden = false;
  bar.value = share;
  words.textContent = `${Math.floor(share * 100)} %`;
}

function refuse(form: HTMLFormElement, message: string): void {
  const told = form.querySelector<HTMLElement>("[data-upload-refusal]");
  if (told?.lastElementChild) told.lastElementChild.textContent = message;
  if (told) told.hidden = false;
  delete form.dataset["sent"];
  form.removeAttribute("aria-busy");
}
