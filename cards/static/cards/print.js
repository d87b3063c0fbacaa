// The button that opens the printer's dialog.

import { whenShown } from "../centre/shown.js";

whenShown("[data-print]", (button) => {
  button.hidden = false;
  button.addEventListener("click", () => print());
});
