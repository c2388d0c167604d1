"""Rules on sensors, templates that lay rules over many sensors, and how each rule stands."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from django.core.exceptions import ValidationError
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import get_language, pgettext_lazy
from django.utils.translation import gettext_lazy as _

from backend.core.models.transitions import Versioned
from telemetry.domain.alarm_kinds import RuleSpec, faults
from telemetry.models.devices import Quantity, Sensor
from telemetry.models.scoping import scoped_by


class AlarmKind(models.TextChoices):
    """What a rule watches."""

    HIGH = "high", pgettext_lazy("alarm limit", "High")
    LOW = "low", pgettext_lazy("alarm limit", "Low")
    VERY_HIGH = "very_high", pgettext_lazy("alarm limit", "Very high")
    VERY_LOW = "very_low", pgettext_lazy("alarm limit", "Very low")
    RATE = "rate", pgettext_lazy("alarm limit", "Fast change")
    NO_CHANGE = "no_change", pgettext_lazy("alarm limit", "No change")
    NO_UPDATE = "no_update", pgettext_lazy("alarm limit", "No update")
    DISCREPANCY = "discrepancy", pgettext_lazy("alarm limit", "Two sensors differ")
    EXPRESSION = "expression", pgettext_lazy("alarm limit", "Over a window")


class AlarmClass(models.TextChoices):
    """What an alarm is about, so that lists and duties can be told apart."""

    SUPPLY = "supply", pgettext_lazy("alarm class", "Supply")
    SAFETY = "safety", pgettext_lazy("alarm class", "Safety")
    QUALITY = "quality", pgettext_lazy("alarm class", "Quality of service")
    ENVIRONMENT = "environment", pgettext_lazy("alarm class", "Environment")
    EQUIPMENT = "equipment", pgettext_lazy("alarm class", "Equipment")
    INSTRUMENT = "instrument", pgettext_lazy("alarm class", "Instrument and link")


class WindowAggregate(models.TextChoices):
    """What an expression takes of its window."""

    MEAN = "mean", pgettext_lazy("over a window", "Mean")
    MIN = "min", pgettext_lazy("over a window", "Lowest")
    MAX = "max", pgettext_lazy("over a window", "Highest")
    SUM = "sum", pgettext_lazy("over a window", "Sum")
    COUNT = "count", pgettext_lazy("over a window", "Number of values")
    LAST = "last", pgettext_lazy("over a window", "Last")


class Side(models.TextChoices):
    """On which side of its limit an expression is abnormal."""

    GREATER = "gt", _("greater than")
    LESS = "lt", _("less than")


FAULT_WORDS = {
    "window": _("Between 10 seconds and 7 days."),
    "positive": _("A number above 0."),
    "not_negative": _("A number of 0 or more."),
    "needed": _("Name the sensor to compare with."),
    "unwanted": _("This kind of rule looks at one sensor only."),
    "expression": _("What is taken of the window goes with a rule over a window, and only with it."),
}


class RuleNumbers(Versioned):
    """What rules and templates have in common. `limit` and `deadband` are in the unit of the measure."""

    kind = models.CharField(max_length=12, choices=AlarmKind)
    limit = models.FloatField(default=0)
    deadband = models.FloatField(default=0, validators=[MinValueValidator(0)])
    on_delay_s = models.FloatField(default=0, validators=[MinValueValidator(0), MaxValueValidator(86_400)])
    off_delay_s = models.FloatField(default=0, validators=[MinValueValidator(0), MaxValueValidator(86_400)])
    window_s = models.FloatField(null=True, blank=True, validators=[MinValueValidator(0)])
    aggregate = models.CharField(max_length=8, choices=WindowAggregate, blank=True)
    op = models.CharField(max_length=2, choices=Side, default=Side.GREATER)
    priority = models.PositiveSmallIntegerField(
        default=3, validators=[MinValueValidator(1), MaxValueValidator(4)]
    )
    alarm_class = models.CharField(max_length=12, choices=AlarmClass, default=AlarmClass.SUPPLY)
    response_fr = models.TextField(blank=True)
    response_ar = models.TextField(blank=True)
    consequence_fr = models.TextField(blank=True)
    consequence_ar = models.TextField(blank=True)
    active = models.BooleanField(default=True)

    NUMBERS = (
        "kind",
        "limit",
        "deadband",
        "on_delay_s",
        "off_delay_s",
        "window_s",
        "aggregate",
        "op",
        "priority",
        "alarm_class",
        "response_fr",
        "response_ar",
        "consequence_fr",
        "consequence_ar",
    )

    class Meta:
        abstract = True

    @property
    def compares(self) -> bool:
        """Tell whether a second sensor is looked at."""
        return False

    @property
    def spec(self) -> RuleSpec:
        """Return the numbers as the domain takes them."""
        return RuleSpec(
            self.kind,
            self.limit,
            self.deadband,
            timedelta(seconds=self.on_delay_s),
            timedelta(seconds=self.off_delay_s),
            timedelta(seconds=self.window_s or 0),
            self.aggregate,
            self.op,
            self.compares,
        )

    def clean(self) -> None:
        """Refuse numbers that do not hang together."""
        if wrong := faults(self.spec):
            raise ValidationError({field: FAULT_WORDS[reason] for field, reason in wrong.items()})

    @property
    def response(self) -> str:
        """Return what to do, in the language of the moment."""
        return (self.response_ar if get_language() == "ar" else self.response_fr) or self.response_fr

    @property
    def consequence(self) -> str:
        """Return what happens if nobody acts, in the language of the moment."""
        return (self.consequence_ar if get_language() == "ar" else self.consequence_fr) or self.consequence_fr


class AlarmTemplate(RuleNumbers):
    """A rule for every sensor of a device family, or in a zone, or both; it makes a rule of each and follows.

    `key` and `quantity` narrow the sensors down; empty means any.
    """

    code = models.SlugField(max_length=32, unique=True)
    name_fr = models.CharField(max_length=120, blank=True)
    name_ar = models.CharField(max_length=120, blank=True)
    family = models.CharField(max_length=64, blank=True)
    zone = models.ForeignKey("gis.Zone", models.PROTECT, null=True, blank=True, related_name="+")
    key = models.CharField(max_length=64, blank=True)
    quantity = models.CharField(max_length=16, choices=Quantity, blank=True)
    other_key = models.CharField(max_length=64, blank=True)

    class Meta:
        verbose_name = _("alarm template")
        verbose_name_plural = _("alarm templates")
        ordering = ["code"]
        constraints = [
            models.CheckConstraint(
                condition=~Q(family="") | Q(zone__isnull=False), name="telemetry_template_has_a_scope"
            )
        ]

    def __str__(self) -> str:
        return self.code

    @property
    def name(self) -> str:
        """Return the name in the language of the moment, or the code."""
        return (self.name_ar if get_language() == "ar" else self.name_fr) or self.name_fr or self.code

    @property
    def compares(self) -> bool:
        """Tell whether a second sensor, another key of the same device, is looked at."""
        return bool(self.other_key)

    def clean(self) -> None:
        """Refuse a template without a scope, and numbers that do not hang together."""
        super().clean()
        if not self.family and self.zone_id is None:
            raise ValidationError({"family": _("Name a device family or a zone.")})


class AlarmRule(RuleNumbers):
    """What is watched on a sensor, with its delays, deadband, priority and what to do.

    `template` made it; `edited` says that a person changed it since, and that the template leaves it alone.
    """

    sensor = models.ForeignKey(Sensor, models.CASCADE, related_name="rules")
    code = models.CharField(max_length=32)
    other = models.ForeignKey(Sensor, models.CASCADE, null=True, blank=True, related_name="compared_by")
    template = models.ForeignKey(
        AlarmTemplate, models.SET_NULL, null=True, blank=True, related_name="rules", editable=False
    )
    edited = models.BooleanField(default=False, editable=False)

    objects = scoped_by("sensor__geom").as_manager()

    class Meta:
        verbose_name = _("alarm rule")
        verbose_name_plural = _("alarm rules")
        constraints = [
            models.UniqueConstraint(fields=["sensor", "code"], name="telemetry_rule_code_once_per_sensor"),
            models.CheckConstraint(
                condition=Q(deadband__gte=0, on_delay_s__gte=0, off_delay_s__gte=0, priority__range=(1, 4)),
                name="telemetry_rule_in_range",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.sensor_id} {self.code}"

    @property
    def compares(self) -> bool:
        """Tell whether a second sensor is looked at."""
        return self.other_id is not None

    def clean(self) -> None:
        """Refuse numbers that do not hang together, and a sensor compared with itself."""
        super().clean()
        if self.other_id is not None and self.other_id == self.sensor_id:
            raise ValidationError({"other": _("A sensor is not compared with itself.")})


class AlarmCondition(models.Model):
    """How a rule stands right now, and which delay is running: kept so that a restart forgets nothing.

    `check_at` is when a rule that looks at time must be looked at next; `reference` the value that a rule on
    no change saw standing still.
    """

    rule = models.OneToOneField(AlarmRule, models.CASCADE, primary_key=True, related_name="condition")
    active = models.BooleanField(default=False)
    pending_since = models.DateTimeField(null=True)
    due_at = models.DateTimeField(null=True)
    value = models.FloatField(null=True)
    check_at = models.DateTimeField(null=True)
    reference = models.FloatField(null=True)
    since = models.DateTimeField(default=timezone.now)

    class Meta:
        indexes = [
            models.Index(
                fields=["due_at"], name="telemetry_condition_due", condition=Q(due_at__isnull=False)
            ),
            models.Index(
                fields=["check_at"], name="telemetry_condition_check", condition=Q(check_at__isnull=False)
            ),
            models.Index(
                fields=["rule"],
                name="telemetry_condition_hot",
                condition=Q(active=True) | Q(pending_since__isnull=False),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.rule_id} {'active' if self.active else 'normal'}"

    def save_fields(self, **values: Any) -> None:
        """Write some columns."""
        for name, value in values.items():
            setattr(self, name, value)
        self.save(update_fields=list(values))
