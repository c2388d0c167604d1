"""Read groups of alarms, each as far as a person may see its members."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from typing import Any

from django.db.models import QuerySet

from telemetry.models import Alarm, AlarmGroup
from telemetry.models.scoping import Viewer
from telemetry.queries.alarm_words import alarm_title, tie_text


def groups_for(user: Viewer) -> QuerySet[AlarmGroup]:
    """Return the groups of which a person may see some alarm."""
    seen = Alarm.objects.visible_to(user).filter(group__isnull=False).values("group")
    return AlarmGroup.objects.filter(pk__in=seen).select_related("root__rule", "root__sensor__device")


def group_rows(groups: Iterable[AlarmGroup], user: Viewer) -> list[dict[str, Any]]:
    """Return groups as the API shows them."""
    found = list(groups)
    members: dict[int, list[Alarm]] = defaultdict(list)
    for alarm in Alarm.objects.visible_to(user).filter(group__in=found).order_by("raised_at", "pk"):
        members[alarm.group_id or 0].append(alarm)
    return [
        {
            "id": group.pk,
            "network": group.network,
            "title": f"{group.root.sensor.device.code} · {alarm_title(group.root)}",
            "why": tie_text(group.why),
            "root_alarm": group.root_id,
            "alarms": [alarm.pk for alarm in members[group.pk]],
            "unacknowledged": sum(alarm.state.endswith("unacknowledged") for alarm in members[group.pk]),
            "opened_at": group.opened_at,
            "last_at": group.last_at,
            "closed_at": group.closed_at,
            "version": group.version,
        }
        for group in found
    ]
