"""What Prometheus reads: requests as they are answered, the registry as it is when it is asked."""

from collections.abc import Iterator
from time import time
from typing import Any

from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram
from prometheus_client.core import GaugeMetricFamily
from prometheus_client.platform_collector import PlatformCollector
from prometheus_client.process_collector import ProcessCollector
from prometheus_client.registry import Collector
from sqlalchemy import func, select

from suanbei.common.errors import SuanbeiError
from suanbei.registry.importing.events import last_event_id
from suanbei.registry.models import Batch, Check, Document, Filing
from suanbei.registry.notifications.subscriptions import DELIVERED, PARKED, PENDING, count_messages
from suanbei.registry.status import parts_view
from suanbei.registry.watching import Alarm, Delivery
from suanbei.search_api.deps import Services

SECONDS = (0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10)


class Metrics:
    """The counters of one app."""

    def __init__(self, services: Services) -> None:
        self.registry = CollectorRegistry()
        self.requests = Counter(
            "suanbei_requests", "Requests answered", ["method", "route", "status"],
            registry=self.registry,
        )  # fmt: skip
        self.seconds = Histogram(
            "suanbei_request_seconds", "Seconds to the end of the answer", ["route"],
            buckets=SECONDS, registry=self.registry,
        )  # fmt: skip
        self.in_progress = 0
        Gauge(
            "suanbei_requests_in_progress", "Requests being answered", registry=self.registry
        ).set_function(lambda: self.in_progress)
        ProcessCollector(registry=self.registry)
        PlatformCollector(registry=self.registry)
        self.registry.register(RegistryFigures(services))


class RegistryFigures(Collector):
    """The figures of registry and index, read when they are asked for."""

    def __init__(self, services: Services) -> None:
        self._services = services

    def describe(self) -> list[Any]:
        """Nothing beforehand: registering must not read the database."""
        return []

    def collect(self) -> Iterator[GaugeMetricFamily]:
        """Every figure; where the database does not answer, only that."""
        try:
            figures = [*self._registry(), *self._index()]
        except SuanbeiError:
            figures = []
        yield _gauge("suanbei_up", "Whether registry and index answer", float(bool(figures)))
        yield from figures

    def _registry(self) -> Iterator[GaugeMetricFamily]:
        with self._services.database.read() as session:
            yield _gauge("suanbei_events", "Events in the log", last_event_id(session))
            for model, name in ((Document, "documents"), (Filing, "filings"), (Batch, "batches")):
                count = session.execute(select(func.count()).select_from(model)).scalar_one()
                yield _gauge(f"suanbei_{name}", f"{name.title()} in the registry", count)
            newest = select(Batch.series, func.max(Batch.period)).group_by(Batch.series)
            yield _by("suanbei_newest_list", "Newest list, as year*100+month", "series", {
                series: _month(period) for series, period in session.execute(newest).tuples()
            })  # fmt: skip
            checks = list(session.execute(select(Check)).scalars())
            yield _by("suanbei_crawl_age_seconds", "Since the last success of a source", "source", {
                one.source: time() - one.succeeded_at.timestamp()
                for one in checks if one.succeeded_at
            })  # fmt: skip
            failures = {one.source: one.failures for one in checks}
            yield _by("suanbei_crawl_failures", "Failed passes in a row", "source", failures)
            counts = count_messages(session)
            states = {state: counts[state] for state in (PENDING, PARKED, DELIVERED)}
            yield _by("suanbei_deliveries", "Messages by state", "state", states)
            yield _by("suanbei_part_alive", "Whether a part is heard of (1) or not (0)", "part", {
                name: one["state"] == "alive" for name, one in parts_view(session).items()
            })  # fmt: skip
            oldest = select(func.min(Delivery.created_at)).where(Delivery.state == PENDING)
            waiting = session.execute(oldest).scalar()
            lag = time() - waiting.timestamp() if waiting else 0.0
            yield _gauge(
                "suanbei_delivery_lag_seconds", "Age of the oldest message that waits", lag
            )
            raised = select(Alarm.monitor, func.count()).group_by(Alarm.monitor)
            alarms = dict(session.execute(raised).tuples().all())
            yield _by("suanbei_alarms", "Monitors that are raised", "monitor", alarms)

    def _index(self) -> Iterator[GaugeMetricFamily]:
        health = self._services.engine.health()
        yield _gauge("suanbei_index_documents", "Filings in the index", health.documents)
        yield _gauge("suanbei_index_lag", "Writes the index has not seen", health.lag)


def _gauge(name: str, text: str, value: float) -> GaugeMetricFamily:
    return GaugeMetricFamily(name, text, value=value)


def _by(name: str, text: str, label: str, values: dict[Any, Any]) -> GaugeMetricFamily:
    family = GaugeMetricFamily(name, text, labels=[label])
    for value, figure in values.items():
        family.add_metric([str(value)], figure)
    return family


def _month(period: str) -> int:
    """`2026-03` as 202603, which grows as months do."""
    digits = period[:7].replace("-", "")
    return int(digits) if digits.isdecimal() else 0
