"""Figures for Prometheus: how fast, how much, how old; no label says who, and none is an address somebody typed."""

import os
from collections.abc import Callable, Iterator
from datetime import datetime

from celery import current_app
from celery.signals import task_postrun
from django.core.cache import cache
from django.db.models import Max
from django.utils import timezone
from prometheus_client import REGISTRY, CollectorRegistry, Counter, Histogram, generate_latest
from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily, Metric
from prometheus_client.multiprocess import MultiProcessCollector
from prometheus_client.registry import Collector

from census.models import Snapshot
from centre.models import Site
from centre.rows import values_of
from upkeep.watch.broker import waiting_tasks
from upkeep.watch.heart import PARTS, last_beat

METHODS = frozenset({"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"})
OUTCOMES = ("SUCCESS", "FAILURE", "RETRY", "REVOKED")
SECONDS = (0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30)

REQUESTS = Counter("reception_requests_total", "Requests answered.", ["view", "method", "status"])
DURATIONS = Histogram("reception_request_seconds", "Time until the answer began.", ["view"], buckets=SECONDS)


def count_request(view: str, method: str, status: int, seconds: float) -> None:
    """One request more, by the name of its view."""
    REQUESTS.labels(view, method if method in METHODS else "other", str(status)).inc()
    DURATIONS.labels(view).observe(seconds)


def count_task(sender: object = None, state: str | None = None, **kwargs: object) -> None:
    """One task more. Counted in the cache: workers are other processes, often other machines, than the web's."""
    name = _task_key(str(getattr(sender, "name", "")), str(state))
    cache.add(name, 0, timeout=None)
    cache.incr(name)


def _task_key(name: str, outcome: str) -> str:
    return f"tasks:{name}:{outcome}"


task_postrun.connect(count_task, dispatch_uid="count tasks")


class Operation(Collector):
    """What is read when asked: the age of the snapshots, the queue, the heartbeats, the size of the database."""

    def collect(self) -> Iterator[Metric]:
        for read in (_tasks, _queue, _beats, _snapshots, _database_size):
            yield from _if_answered(read)

    def describe(self) -> Iterator[Metric]:
        return iter(())  # registering must not ask the database


def _if_answered(read: Callable[[], Metric]) -> Iterator[Metric]:
    """A figure that cannot be read is absent; the others are told all the same."""
    try:
        yield read()
    except Exception:  # noqa: BLE001 - an engine is down: /readyz says which
        return


def _tasks() -> Metric:
    family = CounterMetricFamily("reception_tasks", "Tasks done by the workers.", labels=["name", "outcome"])
    current_app.loader.import_default_modules()  # a web process knows only the tasks it has sent itself
    names = sorted(name for name in current_app.tasks if not name.startswith("celery."))
    keys = {_task_key(name, outcome): (name, outcome) for name in names for outcome in OUTCOMES}
    for key, count in cache.get_many(keys).items():
        family.add_metric(keys[key], count)
    return family


def _queue() -> Metric:
    return GaugeMetricFamily("reception_tasks_waiting", "Tasks that no worker has begun.", value=waiting_tasks())


def _beats() -> Metric:
    family = GaugeMetricFamily("reception_heartbeat_age_seconds", "Since the last sign of life.", labels=["part"])
    for part in PARTS:
        if at := last_beat(part):
            family.add_metric([part], _age(at))
    return family


def _snapshots() -> Metric:
    """Of the operation, and the oldest of all open sites; no site is named, for some are confidential."""
    family = GaugeMetricFamily("reception_snapshot_age_seconds", "Since the last snapshot's hour.", labels=["scope"])
    if whole := Snapshot.objects.filter(site=None).aggregate(at=Max("at"))["at"]:
        family.add_metric(["operation"], _age(whole))
    latest = Site.objects.open(timezone.now()).annotate(at=Max("snapshots__at")).values_list("at", flat=True)
    if taken := [at for at in latest if at]:
        family.add_metric(["oldest_site"], _age(min(taken)))
    return family


def _database_size() -> Metric:
    (size,) = values_of("SELECT pg_database_size(current_database())")
    return GaugeMetricFamily("reception_database_bytes", "Size of the database.", value=size)


def _age(at: datetime) -> float:
    return (timezone.now() - at).total_seconds()


def write_metrics() -> bytes:
    """Everything in Prometheus's text format; the counters of all web processes of this server added up."""
    registry = CollectorRegistry()
    if os.environ.get("PROMETHEUS_MULTIPROC_DIR"):
        MultiProcessCollector(registry)
    else:
        registry = REGISTRY
    own = CollectorRegistry()
    own.register(Operation())
    return generate_latest(registry) + generate_latest(own)
