"""Show what the outbox owes, and give parked deliveries a new start."""

from __future__ import annotations

import json
from argparse import ArgumentParser
from dataclasses import asdict
from typing import Any

from django.core.management.base import BaseCommand

from backend.core import clock
from backend.core.models import OutboxDelivery
from backend.core.queries import outbox as queries
from backend.core.services import outbox


class Command(BaseCommand):
    help = "Show what the outbox owes to whom; with --stuck only what is parked or late."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--stuck", action="store_true", help="only deliveries that are parked or late")
        parser.add_argument("--revive", action="store_true", help="give the parked deliveries a new start")
        parser.add_argument("--json", action="store_true", help="machine-readable output")

    def handle(self, *args: Any, stuck: bool, revive: bool, **options: Any) -> None:
        rows = [_stuck_row(row) for row in queries.stuck(clock.now())] if stuck or revive else _owed_rows()
        if revive:
            count = outbox.revive(
                row["delivery"] for row in rows if row["state"] == OutboxDelivery.State.DEAD
            )
            self.stdout.write(json.dumps({"revived": count}) if options["json"] else f"{count} revived")
            return
        if options["json"]:
            self.stdout.write(json.dumps(rows, default=str))
            return
        for row in rows:
            self.stdout.write("  ".join(f"{name}={value}" for name, value in row.items()))
        if not rows:
            self.stdout.write("nothing is stuck" if stuck else "nothing is owed")


def _owed_rows() -> list[dict[str, Any]]:
    return [asdict(row) for row in queries.owed()]


def _stuck_row(delivery: OutboxDelivery) -> dict[str, Any]:
    return {
        "delivery": delivery.pk,
        "event": delivery.event_id,
        "topic": delivery.event.topic,
        "consumer": delivery.consumer,
        "state": delivery.state,
        "attempts": delivery.attempts,
        "created_at": delivery.event.created_at,
        "last_error": delivery.last_error.partition("\n")[0],
    }
