"""This app's figures for Prometheus."""

from __future__ import annotations

from collections.abc import Iterator

from django.db.models import Count
from prometheus_client.core import GaugeMetricFamily, Metric

from backend.core.models import Message
from backend.core.queries import outbox


def outbox_depth() -> Iterator[Metric]:
    """Count what the outbox owes and what it has given up."""
    family = GaugeMetricFamily("chabaka_outbox_deliveries", "Deliveries not done yet.", labels=["state"])
    for state, count in outbox.depth().items():
        family.add_metric([state], count)
    yield family


def messages_by_state() -> Iterator[Metric]:
    """Count messages to people by what became of them."""
    family = GaugeMetricFamily("chabaka_messages", "Messages to people.", labels=["state"])
    counts = dict(Message.objects.values_list("state").annotate(n=Count("pk")).order_by())
    for state in Message.State.values:
        family.add_metric([state], counts.get(state, 0))
    yield family
