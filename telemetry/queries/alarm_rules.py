"""Read rules: as the ingesters know them by heart, and as people see them."""

from __future__ import annotations

from collections import defaultdict
from datetime import timedelta
from typing import NamedTuple

from django.db.models import Q, QuerySet

from backend.core.errors import NotFound
from telemetry.domain.alarm_kinds import TICKED, RuleSpec, faults
from telemetry.domain.device_file import AlarmEntry
from telemetry.models import (
    AlarmClass,
    AlarmCondition,
    AlarmKind,
    AlarmRule,
    AlarmState,
    AlarmTemplate,
    Quantity,
    ReasonCode,
    Sensor,
)
from telemetry.models.alarm_rules import FAULT_WORDS, Side, WindowAggregate
from telemetry.models.scoping import Viewer


class KnownRule(NamedTuple):
    """Hold what tells, without asking the database, whether a value calls for a closer look at a rule."""

    id: int
    sensor_id: int
    other_id: int | None
    kind: str
    below: float
    above: float


Ruled = dict[int, tuple[KnownRule, ...]]
"""Rules by the sensors that speak to them."""


def load_ruled() -> Ruled:
    """Load what every active rule watches."""
    found: dict[int, list[KnownRule]] = defaultdict(list)
    for rule in AlarmRule.objects.filter(active=True).order_by("pk"):
        known = KnownRule(rule.pk, rule.sensor_id, rule.other_id, rule.kind, *rule.spec.telling)
        found[rule.sensor_id].append(known)
        if rule.other_id and rule.kind not in TICKED:
            found[rule.other_id].append(known)
    return {sensor_id: tuple(rules) for sensor_id, rules in found.items()}


def hot_rules() -> frozenset[int]:
    """Return the rules whose condition is active or whose delay runs: every value may matter to them."""
    hot = AlarmCondition.objects.filter(Q(active=True) | Q(pending_since__isnull=False))
    return frozenset(hot.values_list("rule_id", flat=True))


def rules_for(user: Viewer) -> QuerySet[AlarmRule]:
    """Return the rules on sensors that a person may see, with what a list shows of them."""
    return AlarmRule.objects.visible_to(user).select_related(
        "sensor__device", "other", "template", "condition"
    )


def templates() -> QuerySet[AlarmTemplate]:
    """Return the templates; they tell of no place, so every member of staff may read them."""
    return AlarmTemplate.objects.select_related("zone")


def template_of(code: str) -> AlarmTemplate:
    """Return a template by its code.

    Raises:
        NotFound: there is none.
    """
    found = templates().filter(code=code).first()
    if found is None:
        raise NotFound
    return found


def blank_template() -> AlarmTemplate:
    """Return an unwritten template, for a form to fill."""
    return AlarmTemplate(kind=AlarmKind.HIGH)


def sensors_of(template: AlarmTemplate) -> QuerySet[Sensor]:
    """Return the sensors that a template means."""
    sensors = Sensor.objects.filter(active=True, device__active=True)
    if template.family:
        sensors = sensors.filter(device__family=template.family)
    if template.zone is not None:
        sensors = sensors.filter(geom__intersects=template.zone.geom)
    if template.key:
        sensors = sensors.filter(key=template.key)
    if template.quantity:
        sensors = sensors.filter(quantity=template.quantity)
    return sensors.order_by("pk")


def rule_of(user: Viewer, pk: int) -> AlarmRule:
    """Return a rule on a sensor that a person may see.

    Raises:
        NotFound: there is none.
    """
    rule = rules_for(user).filter(pk=pk).first()
    if rule is None:
        raise NotFound
    return rule


def blank_rule(user: Viewer, sensor: str) -> AlarmRule:
    """Return an unwritten rule on a sensor that a person may see, for a form to fill.

    Raises:
        NotFound: there is no such sensor.
    """
    return AlarmRule(sensor=_sensor(user, sensor), kind=AlarmKind.HIGH)


def sensor_named(user: Viewer, code: str) -> Sensor | None:
    """Return a sensor that a person may see, by its code."""
    found: Sensor | None = Sensor.objects.visible_to(user).select_related("device").filter(code=code).first()
    return found


def _sensor(user: Viewer, code: str) -> Sensor:
    found = sensor_named(user, code)
    if found is None:
        raise NotFound
    return found


def limit_faults(limit: AlarmEntry) -> dict[str, str]:
    """Return what does not hang together in a limit that a family declares, in words, by field."""
    spec = RuleSpec(
        limit.kind,
        limit.limit,
        window=timedelta(seconds=limit.window_s or 0),
        aggregate=limit.aggregate,
        two=bool(limit.other),
    )
    return {field: str(FAULT_WORDS[reason]) for field, reason in faults(spec).items()}


KINDS, CLASSES = AlarmKind.choices, AlarmClass.choices
AGGREGATES, SIDES = WindowAggregate.choices, Side.choices
QUANTITIES, STATES, REASONS = Quantity.choices, AlarmState.choices, ReasonCode.choices
"""What forms offer."""
