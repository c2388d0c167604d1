"""Which devices are heard as often as they should be, scoped to who asks: listed worst first, counted by
state."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import reduce
from operator import or_
from typing import Any

from django.db.models import Case, Count, Exists, F, FloatField, OuterRef, Q, QuerySet, Subquery, Value, When
from django.db.models.functions import Coalesce, Greatest

from gis.queries import zone_by_code
from telemetry.domain import device_health as domain
from telemetry.models import (
    DeadLetter,
    Device,
    LatestReading,
    Protocol,
    QuarantinedReading,
    QuarantineState,
    SequenceGap,
    SparkplugEdge,
)
from telemetry.models.scoping import Viewer
from telemetry.queries.health import FRESH_S, process_status

_OF_DEVICE = {"device": OuterRef("pk")}
_ELEMENTS = ("node", "link", "connection_point")

PROBLEMS: Mapping[str, Q] = {
    "clock": Q(clock_quarantined_at__isnull=False)
    | Q(Exists(QuarantinedReading.objects.filter(**_OF_DEVICE, state=QuarantineState.HELD))),
    "gaps": Q(Exists(SequenceGap.objects.filter(**_OF_DEVICE, filled_at=None, abandoned_at=None))),
    "letters": Q(Exists(DeadLetter.objects.filter(**_OF_DEVICE, replayed_at=None, discarded_at=None))),
    "silent": ~Q(last_error="") & (Q(last_seen_at=None) | Q(last_error_at__gt=F("last_seen_at"))),
    "battery": Q(
        Exists(
            LatestReading.objects.filter(
                reduce(
                    or_,
                    (Q(sensor__unit=unit, value__lte=bound) for unit, bound in domain.LOW_BATTERY.items()),
                ),
                sensor__device=OuterRef("pk"),
                sensor__active=True,
                sensor__quantity="battery",
            )
        )
    ),
}
"""What may be wrong with a device that is heard: a clock that is off or readings held for it, numbers that
never came, messages that could not be read, no answer to the last question, a battery that is low."""


def with_health(devices: QuerySet[Device], *, now: datetime) -> QuerySet[Any]:
    """Add `state` and `rank` (0 is worst) as of `now`."""
    stale = Q(last_seen_at__lt=_before(now, domain.STALE_AFTER_INTERVALS, domain.LEAST_STALE_S))
    late = Q(last_seen_at__lt=_before(now, domain.LATE_AFTER_INTERVALS, domain.LEAST_LATE_S))
    cases = [
        (Q(last_seen_at=None), domain.NEVER),
        *_sparkplug_cases(),
        (stale, domain.STALE),
        (late, domain.LATE),
    ]
    aside = When(clock_quarantined_at__isnull=False, then=Value(len(domain.STATES) - 1))
    ranks = [
        When(met, then=Value(domain.STATES.index(state))) for met, state in cases if state != domain.ONLINE
    ]
    return devices.annotate(
        state=Case(*(When(met, then=Value(state)) for met, state in cases), default=Value(domain.ONLINE)),
        rank=Case(*ranks, aside, default=Value(len(domain.STATES))),
    )


def _before(now: datetime, intervals: float, least_s: float) -> Any:
    silence: Any = Greatest(F("heard_every_s") * intervals, Value(least_s), output_field=FloatField())
    return Value(now) - silence * Value(timedelta(seconds=1))


def _sparkplug_cases() -> list[tuple[Q, str]]:
    """While a host listens, births and deaths say who is there: what does not change is not told again."""
    host = process_status("sparkplug")
    if not host or host["age_s"] > FRESH_S or not host.get("connected"):
        return []
    online = Q(Exists(SparkplugEdge.objects.filter(path=OuterRef("edge"), online=True)))
    ours = Q(protocol=Protocol.SPARKPLUG)
    return [(ours & online, domain.ONLINE), (ours, domain.STALE)]


@dataclass(frozen=True, slots=True)
class DeviceFilter:
    """Say which devices are asked for; empty texts ask for all."""

    state: str = ""
    problem: str = ""
    family: str = ""
    network: str = ""
    zone: str = ""
    words: str = ""

    def devices(self, user: Viewer, *, now: datetime) -> QuerySet[Any]:
        """Return the active devices that a person may see, but for their state, with `state` and `rank`."""
        found = Device.objects.visible_to(user).filter(active=True)
        if self.problem:
            found = found.filter(PROBLEMS.get(self.problem, Q(pk__in=[])))
        if self.family:
            found = found.filter(family=self.family)
        if self.network:
            named = (Q(**{f"{element}__network__code": self.network}) for element in _ELEMENTS)
            found = found.filter(reduce(or_, named))
        if self.zone:
            zone = zone_by_code(self.zone)
            found = found.filter(geom__intersects=zone.geom) if zone else found.none()
        if self.words:
            found = found.filter(Q(code__icontains=self.words) | Q(name__icontains=self.words))
        return with_health(found, now=now)

    def listed(self, user: Viewer, *, now: datetime) -> QuerySet[Any]:
        """Return the devices asked for, those that need someone first, the longest silent before others."""
        found = self.devices(user, now=now)
        if self.state:
            found = found.filter(state=self.state)
        return found.order_by("rank", F("last_seen_at").asc(nulls_last=True), "code")


def state_counts(devices: QuerySet[Any]) -> dict[str, int]:
    """Count devices of `with_health` by state, worst first; states that none is in are there with 0."""
    counts = dict(devices.order_by().values_list("state").annotate(n=Count("pk")))
    return {state: counts.get(state, 0) for state in domain.STATES}


def device_counts(now: datetime) -> dict[str, int]:
    """Count every active device by state, for `/metrics`."""
    return state_counts(with_health(Device.objects.filter(active=True), now=now))


def with_open_gaps(devices: QuerySet[Any]) -> QuerySet[Any]:
    """Add `open_gaps`: how many holes in its numbering a device is still asked to fill."""
    gaps = SequenceGap.objects.filter(**_OF_DEVICE, filled_at=None, abandoned_at=None)
    counted = gaps.order_by().values("device").annotate(n=Count("pk")).values("n")
    return devices.annotate(open_gaps=Coalesce(Subquery(counted), 0))


def device_by_code(code: str, user: Viewer, *, now: datetime) -> Any | None:
    """Return one active device that a person may see, with its state, or None."""
    found = Device.objects.visible_to(user).filter(active=True, code=code)
    elements = (f"{element}__network" for element in _ELEMENTS)
    return with_open_gaps(with_health(found, now=now)).select_related(*elements).first()
