/** Make photos small before they travel: a phone's picture is ten times what anybody needs to see. */
const LONGEST = 1600;
const QUALITY = 0.82;
const SMALL_ENOUGH = 400_000;

/** Shrink the photo of each `input[data-shrink]` when it is chosen; with `data-send` its form leaves at once. */
export function startPhotos(): void {
  for (const input of document.querySelectorAll<HTMLInputElement>("input[type=file][data-shrink]")) {
    input.addEventListener("change", async () => {
      const file = input.files?.[0];
      if (!file) return;
      const small = await shrink(file).catch(() => file);
      if (small !== file) give(input, small);
      if (input.dataset["send"] === undefined) return;
      const told = input.form?.querySelector<HTMLElement>("[data-sending]");
      if (told) told.hidden = false;
      input.form?.requestSubmit();
    });
  }
}

async function shrink(file: File): Promise<File> {
  if (!file.type.startsWith("image/") || file.size < SMALL_ENOUGH) return file;
  const picture = await createImageBitmap(file, { imageOrientation: "from-image" });
  const scale = Math.min(1, LONGEST / Math.max(picture.width, picture.height));
  const canvas = document.createElement("canvas");
  canvas.width = Math.round(picture.width * scale);
  canvas.height = Math.round(picture.height * scale);
  canvas.getContext("2d")?.drawImage(picture, 0, 0, canvas.width, canvas.height);
  picture.close();
  const blob = await new Promise<Blob | null>((done) => canvas.toBlob(done, "image/jpeg", QUALITY));
  if (!blob || blob.size >= file.size) return file;
  return new File([blob], "photo.jpg", { type: "image/jpeg" });
}

function give(input: HTMLInputElement, file: File): void {
  const carrier = new DataTransfer();
  carrier.items.add(file);
  input.files = carrier.files;
}
