// The top bar says how the line is: online, loading, sending, offline.

const line = () => document.querySelector("[data-connection]");
const LOST = new Set(["offline", "unreached"]);
let now = navigator.onLine ? "online" : "offline";

function show() {
  const bar = line();
  if (!bar) return;
  const lost = LOST.has(now);
  bar.classList.toggle("offline", lost);
  bar.classList.toggle("busy", ["loading", "sending", "wait"].includes(now));
  const text = bar.dataset[lost ? "offline" : now === "wait" ? "sending" : now];
  const span = bar.querySelector("span");
  if (span.textContent !== text) span.textContent = text;
}

function tell(text, state = "bad") {
  const notices = document.getElementById("notices");
  if (!notices || !text) return;
  const notice = document.createElement("p");
  notice.className = `notice ${state}`;
  notice.dataset.line = "";
  notice.textContent = text;
  notices.replaceChildren(notice);
}

function become(state) {
  now = state;
  show();
  if (state === "online") document.querySelector("[data-line]")?.remove();
}

document.addEventListener("line", ({ detail }) => {
  become(detail === "downloaded" ? "online" : detail);
  if (["unreached", "wait"].includes(detail)) tell(line()?.dataset[detail]);
  if (detail === "downloaded") tell(line()?.dataset.downloaded, "good");
});
addEventListener("online", () => become("online"));
addEventListener("offline", () => become("offline"));
document.addEventListener("htmx:sendError", (event) => {
  become("offline");
  if (!event.target.matches?.("form")) tell(line()?.dataset.unreached);
});
document.addEventListener("htmx:responseError", (event) => {
  if (!event.target.matches?.("form")) tell(line()?.dataset[event.detail.xhr.status === 403 ? "forbidden" : "failed"]);
});
document.addEventListener("htmx:afterRequest", (event) => {
  if (event.detail.xhr?.status) become("online");
});
show();
