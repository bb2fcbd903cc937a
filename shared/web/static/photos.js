// A phone's photo has 12 MB, a basement hardly a signal: no more is sent than the platform keeps of it.
const EDGE_PIXELS_MAX = 2560;
const SMALL_BYTES = 1_000_000;
const QUALITY = 0.85;

async function shrunk(file) {
  if (!file.type.startsWith("image/") || file.size <= SMALL_BYTES) return file;
  try {
    const picture = await createImageBitmap(file);
    const scale = Math.min(1, EDGE_PIXELS_MAX / Math.max(picture.width, picture.height));
    const canvas = document.createElement("canvas");
    canvas.width = Math.round(picture.width * scale);
    canvas.height = Math.round(picture.height * scale);
    canvas.getContext("2d").drawImage(picture, 0, 0, canvas.width, canvas.height);
    picture.close();
    const drawn = await new Promise((done) => canvas.toBlob(done, "image/jpeg", QUALITY));
    return drawn && drawn.size < file.size ? new File([drawn], "photo.jpg", { type: "image/jpeg" }) : file;
  } catch {
    // What this browser can not draw is sent as it is, and judged there.
    return file;
  }
}

for (const input of document.querySelectorAll("input[type=file]")) {
  input.addEventListener("change", async () => {
    const chosen = [...input.files];
    const small = new DataTransfer();
    // One after the other: a cheap phone has little memory.
    for (const file of chosen) small.items.add(await shrunk(file));
    // Others may have been chosen meanwhile, or these been sent.
    const same = chosen.length === input.files.length && chosen.every((file, at) => file === input.files[at]);
    if (same && !input.form.dataset.sent) input.files = small.files;
  });
}
