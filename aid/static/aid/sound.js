// One short sound for each answer: high for green, low and twice for red, low and three times for a revoked card, falling
// for a family that is not there, one plain tone for what was not read. Silent when this browser was told so.

import { whenShown } from "../centre/shown.js";

const KEY = "scan:silent";

const TUNES = {
  give: [[880, 0, 0.12], [1320, 0.12, 0.16]],
  stop: [[196, 0, 0.22], [165, 0.28, 0.34]],
  already: [[262, 0, 0.1], [196, 0.14, 0.34]],
  unread: [[440, 0, 0.18]],
  revoked: [[165, 0, 0.16], [165, 0.22, 0.16], [165, 0.44, 0.16]],
  gone: [[587, 0, 0.16], [392, 0.2, 0.3]],
  done: [[1320, 0, 0.09]],
};

const HARSH = new Set(["stop", "already", "revoked"]);

let context;

function silent() {
  return localStorage.getItem(KEY) === "yes";
}

function sound([pitch, after, lasts], shape) {
  const start = context.currentTime + after;
  const tone = new OscillatorNode(context, { type: shape, frequency: pitch });
  const loudness = new GainNode(context, { gain: 0 });
  loudness.gain.setTargetAtTime(0.4, start, 0.005);
  loudness.gain.setTargetAtTime(0, start + lasts, 0.02);
  tone.connect(loudness).connect(context.destination);
  tone.start(start);
  tone.stop(start + lasts + 0.2);
}

function play({ dataset: { sound: kind } }) {
  if (!TUNES[kind] || silent()) return;
  context ??= new AudioContext();
  const tune = () => TUNES[kind].forEach((note) => sound(note, HARSH.has(kind) ? "square" : "sine"));
  if (context.state === "running") tune();
  else context.resume().then(tune);
}

function showMute() {
  for (const button of document.querySelectorAll("[data-mute]")) {
    button.hidden = false;
    button.setAttribute("aria-pressed", String(silent()));
    button.querySelector("[data-on]").hidden = silent();
    button.querySelector("[data-off]").hidden = !silent();
  }
}

document.addEventListener("click", (event) => {
  if (!event.target.closest?.("[data-mute]")) return;
  localStorage.setItem(KEY, silent() ? "no" : "yes");
  showMute();
  document.querySelector("[data-number]")?.focus();
});

whenShown("[data-sound]", (panel) => {
  showMute();
  play(panel);
});
