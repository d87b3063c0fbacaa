// A photo of a document is made as small as a page that can be read, before it is sent: the line is slow, and what the
// camera wrote beside it (where it was taken) stays on the telephone. What is too large all the same is said at once.

import { whenShown } from "../centre/shown.js";

const LONGEST_SIDE = 2400; // pixels, as the server keeps it
const QUALITY = 0.85;

async function smaller(photo) {
  const picture = await createImageBitmap(photo);
  const scale = Math.min(1, LONGEST_SIDE / Math.max(picture.width, picture.height));
  const sheet = document.createElement("canvas");
  [sheet.width, sheet.height] = [picture.width, picture.height].map((side) => Math.max(1, Math.round(side * scale)));
  const drawing = sheet.getContext("2d");
  drawing.fillStyle = "white";
  drawing.fillRect(0, 0, sheet.width, sheet.height);
  drawing.drawImage(picture, 0, 0, sheet.width, sheet.height);
  const drawn = await new Promise((done) => { sheet.toBlob(done, "image/jpeg", QUALITY); });
  return new File([drawn], "photo.jpg", { type: "image/jpeg" });
}

async function lookAt(field) {
  const [file] = field.files;
  field.setCustomValidity("");
  if (!file) return;
  if (file.type.startsWith("image/")) {
    try {
      const chosen = new DataTransfer();
      chosen.items.add(await smaller(file));
      if (field.files[0] === file) field.files = chosen.files;
    } catch (error) {
      if (error.name !== "InvalidStateError") throw error; // no picture that this browser can read: the server says so
    }
  }
  if (field.files[0]?.size > Number(field.dataset.letter)) field.setCustomValidity(field.dataset.tooLarge);
  field.reportValidity();
}

whenShown("[data-letter]", (field) => {
  let looked = Promise.resolve();
  let looking = 0;
  field.addEventListener("change", () => {
    looking += 1;
    looked = lookAt(field).finally(() => { looking -= 1; });
  });
  field.form.addEventListener("submit", (event) => {
    if (!looking && field.checkValidity()) return;
    event.preventDefault();
    event.stopImmediatePropagation();
    if (looking) looked.then(() => field.form.requestSubmit(event.submitter));
    else field.reportValidity();
  });
});
