"""This app's figures for Prometheus."""

from __future__ import annotations

from collections.abc import Iterator

from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily, Metric

from backend.core import clock
from telemetry.queries import health
from telemetry.queries.device_health import device_counts
from telemetry.queries.partitions import partition_figures
from telemetry.queries.storage import backlog

FIGURES = ("readings", "messages", "conflicts", "readings_per_s", "lag_s", "buffered", "age_s")


def processes() -> Iterator[Metric]:
    """Tell what the ingester and the poller last said of themselves."""
    families = {
        name: GaugeMetricFamily(
            f"chabaka_telemetry_{name}", f"{name} of an ingest process", labels=["process"]
        )
        for name in FIGURES
    }
    counters = {
        name: CounterMetricFamily(
            f"chabaka_telemetry_ingested_{name}",
            f"{name} since an ingest process started",
            labels=["process"],
        )
        for name in ("readings", "dead_letters")
    }
    for process in health.PROCESSES:
        status = health.process_status(process) or {}
        for name in FIGURES:
            if name in status:
                families[name].add_metric([process], float(status[name]))
        for name, counter in counters.items():
            if name in status:
                counter.add_metric([process], float(status[name]))
    yield from (*families.values(), *counters.values())


def quality() -> Iterator[Metric]:
    """Count what does not go as it should, and open alarms."""
    for name, count in health.totals().items():
        yield GaugeMetricFamily(f"chabaka_telemetry_{name}", name.replace("_", " "), value=count)
    family = GaugeMetricFamily("chabaka_telemetry_alarms", "Alarms that are not normal.", labels=["state"])
    for state, count in health.open_alarms_by_state().items():
        family.add_metric([state], count)
    yield family


def devices() -> Iterator[Metric]:
    """Count devices by whether they are heard, and tell how long numbers have been missing."""
    family = GaugeMetricFamily("chabaka_telemetry_devices", "Active devices.", labels=["state"])
    for state, count in device_counts(clock.now()).items():
        family.add_metric([state], count)
    yield family
    for name, (text, value) in health.waiting(clock.now()).items():
        yield GaugeMetricFamily(f"chabaka_telemetry_{name}", text, value=value)


def storage() -> Iterator[Metric]:
    """Tell how the history is kept: rows that no partition took, dirt that waits, readings set aside."""
    family = GaugeMetricFamily(
        "chabaka_telemetry_default_partition_rows", "Rows in a default partition.", labels=["table"]
    )
    for figure in partition_figures():
        family.add_metric([figure.table], figure.astray)
    yield family
    for name, (text, value) in backlog().items():
        yield GaugeMetricFamily(f"chabaka_telemetry_{name}", text, value=value)
