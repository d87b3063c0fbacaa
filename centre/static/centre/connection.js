// The top bar says whether the server is in reach and how many acts wait to be sent.
//
// Another module reports what waits: dispatchEvent(new CustomEvent("waiting", { detail: { count: 3 } })).

const line = document.querySelector("[data-connection]");
let waiting = 0;
let reachable = navigator.onLine;

function show() {
  if (!line) return;
  line.classList.toggle("offline", !reachable);
  const words = [reachable ? line.dataset.online : line.dataset.offline];
  if (waiting) words.push(line.dataset.waiting.replace("{n}", waiting));
  const text = words.join(" · ");
  const span = line.querySelector("span");
  if (span.textContent !== text) span.textContent = text;
}

function reached(yes) {
  reachable = yes;
  show();
}

function tell(text) {
  const notices = document.getElementById("notices");
  if (!notices || !text) return;
  const notice = document.createElement("p");
  notice.className = "notice bad";
  notice.textContent = text;
  notices.replaceChildren(notice);
}

addEventListener("online", () => reached(true));
addEventListener("offline", () => reached(false));
addEventListener("waiting", (event) => {
  waiting = event.detail.count;
  show();
});
document.addEventListener("htmx:sendError", () => {
  reached(false);
  tell(line?.dataset.unreached);
});
document.addEventListener("htmx:responseError", (event) => tell(
  event.detail.xhr.status === 403 ? line?.dataset.forbidden : line?.dataset.failed,
));
document.addEventListener("htmx:afterRequest", (event) => {
  if (event.detail.xhr?.status) reached(true);
});
show();
