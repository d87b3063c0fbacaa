// Undo counts down the seconds it is open, and goes when they are over.

let ticking;

function tick() {
  const form = document.querySelector("[data-countdown]");
  const left = form ? Math.ceil((form.until - performance.now()) / 1000) : 0;
  if (left > 0) {
    form.querySelector("[data-seconds]").textContent = String(left);
    return;
  }
  clearInterval(ticking);
  form?.remove();
}

function begin() {
  clearInterval(ticking);
  const form = document.querySelector("[data-countdown]");
  if (!form) return;
  form.until = performance.now() + Number(form.dataset.countdown) * 1000;
  ticking = setInterval(tick, 1000);
}

begin();
document.addEventListener("htmx:afterSwap", begin);
