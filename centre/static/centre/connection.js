// The top bar says whether the server is in reach.

const line = document.querySelector("[data-connection]");
let reachable = navigator.onLine;

function show() {
  if (!line) return;
  line.classList.toggle("offline", !reachable);
  const text = reachable ? line.dataset.online : line.dataset.offline;
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
