"""Gunicorn's settings, on a laptop and in a container: `gunicorn --config python:reception.web_server reception.wsgi`.

Read before the app is loaded, and the workers inherit its environment: so that each web process keeps its counters
where the one that is asked for figures finds those of all.
"""

import gc
import os
import shutil
import tempfile
from pathlib import Path
from typing import Any

from engines.machine import cores
from reception.environment import number

worker_class = "engines.web_worker.Worker"
workers = number("WEB_WORKERS", max(2, min(cores(), 8)))
threads = number("WEB_THREADS", 4)
timeout = 60
graceful_timeout = 15
keepalive = 75  # longer than a proxy keeps a connection it does not use
loglevel = "warning"
control_socket_disable = True
GARBAGE = 10_000  # objects that may lie about before they are looked through; Python's own 700 are less than one answer
worker_tmp_dir = "/dev/shm" if Path("/dev/shm").is_dir() else None  # a heartbeat on a slow disk looks like a death

_JSON = "upkeep.watch.logs.JsonLines" if os.environ.get("LOG_FORMAT") == "json" else "upkeep.watch.logs.Lines"
logconfig_dict = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {"careful": {"()": _JSON}},
    "handlers": {"console": {"class": "logging.StreamHandler", "formatter": "careful"}},
    "root": {"level": "WARNING", "handlers": ["console"]},
    "loggers": {"gunicorn.error": {"level": "WARNING", "handlers": ["console"], "propagate": False}},
}

_COUNTERS = tempfile.mkdtemp(prefix="reception-counters-")
os.environ["PROMETHEUS_MULTIPROC_DIR"] = _COUNTERS


def post_worker_init(worker: Any) -> None:
    """A worker keeps no body that the app would not take, and reads all pages' code before anybody waits for one.

    What is loaded then stays for good: to look through it for garbage took a tenth of a second in the midst of answers.
    """
    from django.conf import settings  # noqa: PLC0415 - the app's settings are loaded with it
    from django.urls import get_resolver  # noqa: PLC0415

    worker.most_kept = settings.DATA_UPLOAD_MAX_MEMORY_SIZE
    get_resolver().url_patterns  # noqa: B018 - reading them loads every view
    gc.collect()
    gc.freeze()
    gc.set_threshold(GARBAGE)


def child_exit(server: Any, worker: Any) -> None:
    """A worker that ended counts no more; what it counted stays."""
    from prometheus_client import multiprocess  # noqa: PLC0415 - the master reads the folder's name first

    multiprocess.mark_process_dead(worker.pid)


def on_exit(server: Any) -> None:
    """The counters go with the server."""
    shutil.rmtree(_COUNTERS, ignore_errors=True)
