// One short sound for each answer: high for green, low and twice for red. Silent when this browser was told so.

import { whenShown } from "../centre/shown.js";

const KEY = "scan:silent";

const TUNES = {
  give: [[880, 0, 0.12], [1320, 0.12, 0.16]],
  stop: [[196, 0, 0.22], [165, 0.28, 0.34]],
  done: [[1320, 0, 0.09]],
};

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
  const tune = () => TUNES[kind].forEach((note) => sound(note, kind === "stop" ? "square" : "sine"));
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
