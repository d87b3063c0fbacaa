"""A bad wire between a browser and the server: it is slow, it trickles, it is cut before a request or after it.

Each request goes over connections of its own, so that one can be cut and its neighbours not:

    with Wire(server.port) as wire:
        wire.delay = 0.8                    # seconds on the way there, and again on the way back
        wire.cut("POST", "/intake/")        # the next such request does not arrive
        wire.cut_answer("POST", "/intake/") # the next one is done, and nobody hears of it
        wire.down = True                    # nothing arrives
"""

import http.client
import socket
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from types import TracebackType
from typing import Self

HOP_BY_HOP = {"connection", "keep-alive", "transfer-encoding", "content-length"}
PATIENCE = 60  # seconds for the server's answer


@dataclass
class Cut:
    """One cut that is still to come."""

    method: str
    path: str
    after: bool


@dataclass
class Seen:
    """A request as it passed, and what became of it: the answer's status, or 0 where none came through."""

    method: str
    path: str
    status: int = 0


@dataclass
class Wire:
    """The wire to the server at this port."""

    to: int
    delay: float = 0.0  # seconds, each way
    trickle: int = 0  # bytes an answer comes in at a time, 0.02 s apart; 0 sends it whole
    down: bool = False
    seen: list[Seen] = field(default_factory=list)
    _cuts: list[Cut] = field(default_factory=list)

    def cut(self, method: str, path: str) -> None:
        """The next request of this method to this path does not arrive."""
        self._cuts.append(Cut(method, path, after=False))

    def cut_answer(self, method: str, path: str) -> None:
        """The next request of this method to this path arrives; its answer is lost."""
        self._cuts.append(Cut(method, path, after=True))

    @property
    def port(self) -> int:
        """Where the browser connects to."""
        return self._server.server_address[1]

    def count(self, method: str, path: str) -> int:
        """How many requests of this method to this path reached the server."""
        return sum(one.method == method and one.path == path for one in self.seen)

    def __enter__(self) -> Self:
        self._server = _Listener(("127.0.0.1", 0), _handler(self))
        threading.Thread(target=self._server.serve_forever, daemon=True).start()
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        self._server.shutdown()
        self._server.server_close()

    def taken_cut(self, method: str, path: str) -> Cut | None:
        """The cut that is meant for this request, which is used up by it."""
        cut = next((one for one in self._cuts if (one.method, one.path) == (method, path)), None)
        if cut:
            self._cuts.remove(cut)
        return cut


class _Listener(ThreadingHTTPServer):
    daemon_threads = True
    request_queue_size = 64

    def handle_error(self, request: object, client_address: object) -> None:
        """A browser that goes away in the middle is what this wire is for."""


def _handler(wire: Wire) -> Callable[..., BaseHTTPRequestHandler]:
    class Carrier(BaseHTTPRequestHandler):
        def log_message(self, format: str, *args: object) -> None:
            """Nothing is written down here."""

        def carry(self) -> None:
            path = self.path.partition("?")[0]
            body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
            cut = wire.taken_cut(self.command, path)
            time.sleep(wire.delay)
            if wire.down or (cut and not cut.after):
                return self._hang_up()
            seen = Seen(self.command, path)
            wire.seen.append(seen)
            answer, text = self._ask(body)
            time.sleep(wire.delay)
            if wire.down or cut:
                return self._hang_up()
            seen.status = answer.status
            self._pass_on(answer, text)

        def _ask(self, body: bytes) -> tuple[http.client.HTTPResponse, bytes]:
            # The server knows itself by its own address: the browser's is the wire's
            headers = {name: value for name, value in self.headers.items() if name.lower() not in HOP_BY_HOP}
            there = http.client.HTTPConnection("127.0.0.1", wire.to, timeout=PATIENCE)
            try:
                there.request(self.command, self.path, body or None, headers)
                answer = there.getresponse()
                return answer, answer.read()
            finally:
                there.close()

        def _pass_on(self, answer: http.client.HTTPResponse, text: bytes) -> None:
            self.send_response_only(answer.status, answer.reason)
            for name, value in answer.getheaders():
                if name.lower() not in HOP_BY_HOP:
                    self.send_header(name, value)
            self.send_header("Content-Length", str(len(text)))
            self.send_header("Connection", "close")
            self.end_headers()
            step = wire.trickle or len(text) or 1
            for start in range(0, len(text), step):
                self.wfile.write(text[start : start + step])
                if wire.trickle:
                    time.sleep(0.02)

        def _hang_up(self) -> None:
            self.close_connection = True
            self.connection.shutdown(socket.SHUT_RDWR)

    for method in ("GET", "HEAD", "POST"):
        setattr(Carrier, f"do_{method}", Carrier.carry)
    return Carrier
