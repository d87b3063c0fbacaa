"""Gunicorn's workers with waitress inside: a request reaches a thread when it has come whole, not before.

Gunicorn starts, watches and stops the processes; in each, waitress reads all connections in one loop. Who sends half a
request holds a socket and nothing else, and for a short time (docs/adr/0015-web-server.md).
"""

import logging
import os
import resource
import socket
import time
from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from io import BytesIO
from types import FrameType
from typing import Any

from gunicorn.workers.base import Worker as BaseWorker
from waitress import wasyncore
from waitress.adjustments import Adjustments
from waitress.channel import HTTPChannel
from waitress.parser import HTTPRequestParser
from waitress.receiver import FixedStreamReceiver
from waitress.server import TcpWSGIServer
from waitress.task import ErrorTask, ThreadedTaskDispatcher, WSGITask
from waitress.utilities import RequestEntityTooLarge

log = logging.getLogger("reception.web")

PATIENCE = 10  # seconds for a request to come whole
SLOWEST = 1000  # bytes for which it is given a second more
MOST_OPEN = 2000  # connections of one process
MOST_OF_ONE = 500  # connections of one address on which nothing is being answered: a camp shares one
MOST_LOST = 256 * 1024 * 1024  # bytes of a body too large that are read and thrown away before the answer
LINGER = 2  # seconds in which a stopping process still takes what is on its way


class _Nowhere(BytesIO):
    """A body that is not kept."""

    def append(self, data: bytes) -> None:
        """Lose it."""

    def getfile(self) -> BytesIO:
        """Nothing to read."""
        return self


class Parser(HTTPRequestParser):
    """Reads a body that is too large to its end and keeps nothing: who is cut off in mid-word reads no answer."""

    body_rcv: Any
    expect_continue: bool

    def received(self, data: bytes) -> int:
        """How many of these bytes belong to this request."""
        consumed = super().received(data)
        if isinstance(self.error, RequestEntityTooLarge) and 0 < self.content_length <= MOST_LOST:
            if not isinstance(self.body_rcv.buf, _Nowhere):
                self.body_rcv = FixedStreamReceiver(self.content_length, _Nowhere())
            self.completed, self.expect_continue = self.body_rcv.completed or self.expect_continue, False
        return consumed


class TooLargeTask(WSGITask):
    """The app itself refuses what is too large, in the reader's language; it gets the length and no body."""

    def get_environment(self) -> dict[str, Any]:
        """As for any request, without its body."""
        length = max(self.request.content_length, self.request.body_bytes_received)
        return super().get_environment() | {"CONTENT_LENGTH": str(length), "wsgi.input": BytesIO()}


def refusing_task(channel: "Channel", request: Parser) -> ErrorTask | TooLargeTask:
    """What answers a request that was not understood."""
    kind = TooLargeTask if isinstance(request.error, RequestEntityTooLarge) else ErrorTask
    task = kind(channel, request)
    task.close_on_finish = True
    return task


class Channel(HTTPChannel):
    """One connection, which knows since when its request has been coming."""

    parser_class = Parser
    error_task_class = staticmethod(refusing_task)
    began = 0.0
    got = 0

    def received(self, data: bytes) -> bool:
        """Take what has come of a request."""
        if self.request is None:
            self.began, self.got = time.time(), 0
        self.got += len(data)
        return super().received(data)

    def is_waiting(self) -> bool:
        """Whether nothing is being answered here."""
        return not self.requests and not self.total_outbufs_len

    def is_late(self, now: float) -> bool:
        """Whether its request should have come whole by now."""
        return self.is_waiting() and self.request is not None and now - self.began > PATIENCE + self.got / SLOWEST


class Server(TcpWSGIServer):
    """A socket that listens, and its connections."""

    channel_class = Channel

    def maintenance(self, now: float) -> None:
        """Every second: close what is late, and the most silent of an address that has too many."""
        super().maintenance(now)
        waiting = defaultdict(list)
        for channel in self.active_channels.values():
            if channel.is_waiting():
                waiting[channel.addr[0]].append(channel)
        _close((channel for of in waiting.values() for channel in of if channel.is_late(now)), "came half")
        for of in waiting.values():
            of.sort(key=lambda channel: channel.last_activity)
            _close(of[:-MOST_OF_ONE], "were too many")


def _close(channels: Iterable[Channel], why: str) -> None:
    closed: Counter[str] = Counter()
    for channel in channels:
        channel.will_close = True
        closed[channel.addr[0]] += 1
    for address, count in closed.items():
        log.warning("%d requests of %s %s and were closed", count, address, why)


class Worker(BaseWorker):
    """One process: waitress's loop reads and writes, its threads answer."""

    most_kept: int  # bytes of a body that the app takes: set once the app is loaded
    servers: Sequence[Server] = ()  # none yet while the app is loaded

    def run(self) -> None:
        """Serve until asked to stop; what is being answered then is answered still."""
        sockets = [listener.sock for listener in self.sockets]
        self.servers = _servers(self.wsgi, sockets, self.cfg, self.most_kept)
        while self.alive and self.ppid == os.getppid():
            self._turn()
        for server in self.servers:
            server.del_channel()  # hears nobody new
        asked = time.monotonic()
        while (
            time.monotonic() - asked < (self.cfg.graceful_timeout if self._is_answering() else LINGER) and self._open()
        ):
            self._turn()

    def handle_exit(self, sig: int, frame: FrameType | None) -> None:
        """Stop soon."""
        super().handle_exit(sig, frame)
        for server in self.servers:
            server.pull_trigger()

    def _turn(self) -> None:
        self.notify()
        wasyncore.loop(timeout=1, use_poll=True, map=self.servers[0]._map, count=1)

    def _open(self) -> list[Channel]:
        return [channel for server in self.servers for channel in server.active_channels.values()]

    def _is_answering(self) -> bool:
        return not all(channel.is_waiting() for channel in self._open())


def _servers(app: Any, sockets: list[socket.socket], cfg: Any, most_kept: int) -> list[Server]:
    """One for each socket; all connections stand in one map and share the threads."""
    _soft, most_files = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (most_files, most_files))
    adjustments = Adjustments(
        threads=cfg.threads,
        recv_bytes=65536,
        ident=None,
        channel_timeout=cfg.keepalive,
        cleanup_interval=1,
        connection_limit=min(MOST_OPEN, most_files // 2),
        max_request_body_size=most_kept + 1,
        clear_untrusted_proxy_headers=False,  # the settings say how many proxies are trusted
    )
    together: dict[int, Any] = {}
    dispatcher = ThreadedTaskDispatcher()
    dispatcher.set_thread_count(cfg.threads)
    return [
        Server(
            app,
            together,
            _sock=each,
            dispatcher=dispatcher,
            adj=adjustments,
            bind_socket=False,
            sockinfo=(each.family, each.type, each.proto, each.getsockname()),
        )
        for each in sockets
    ]
