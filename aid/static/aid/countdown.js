// Undo counts down the seconds it is open, and goes when they are over.

import { whenShown } from "../centre/shown.js";

whenShown("[data-countdown]", (form) => {
  const until = performance.now() + Number(form.dataset.countdown) * 1000;
  const ticking = setInterval(() => {
    const left = Math.ceil((until - performance.now()) / 1000);
    if (left > 0) form.querySelector("[data-seconds]").textContent = String(left);
    else form.remove();
    if (!form.isConnected) clearInterval(ticking);
  }, 1000);
});
