"""What is wrong with the networks, who decided what about it, and when it was looked for."""

from __future__ import annotations

from typing import Any, ClassVar

from django.conf import settings
from django.contrib.gis.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from backend.core.models import TransitionRecord, Versioned
from gis.domain.findings import STANDING, FindingState
from gis.models.networks import Network
from gis.models.scoping import ScopedQuerySet

FINDING_STATES: list[tuple[str, Any]] = [
    (FindingState.OPEN.value, _("To repair")),
    (FindingState.REPAIRED.value, _("Repaired")),
    (FindingState.IGNORED.value, _("Ignored")),
    (FindingState.GONE.value, _("No longer found")),
]


class QualityFinding(Versioned):
    """One thing that a check found wrong at a place (EPSG:4326).

    `key` names it within its check, so that the next run knows it again. The element is kept by table, id,
    kind and code rather than by a foreign key: its own repair may merge it away. `details` holds the figures
    that the check's sentence tells, `repair` the code of the repair suggested, `ledger` the rows that
    a repair changed, for undoing it.
    """

    check_code = models.CharField(max_length=40)
    key = models.CharField(max_length=120)
    network = models.ForeignKey(Network, on_delete=models.CASCADE, null=True, related_name="+")
    state = models.CharField(max_length=8, choices=FINDING_STATES, default=FindingState.OPEN.value)
    subject_table = models.CharField(max_length=20)
    subject_id = models.BigIntegerField()
    subject_kind = models.CharField(max_length=20)
    subject_code = models.CharField(max_length=64)
    geom = models.PointField(srid=4326)
    details = models.JSONField(default=dict)
    repair = models.CharField(max_length=30, blank=True)
    ledger = models.JSONField(null=True)
    found_at = models.DateTimeField(default=timezone.now)

    objects = ScopedQuerySet.as_manager()

    class Meta:
        verbose_name = _("quality finding")
        verbose_name_plural = _("quality findings")
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["check_code", "key"], condition=Q(state__in=STANDING), name="gis_finding_stands_once"
            ),
        ]
        indexes: ClassVar = [
            models.Index(fields=["state", "check_code", "id"], name="gis_finding_state_check"),
            models.Index(fields=["subject_table", "subject_id"], name="gis_finding_subject"),
        ]

    def __str__(self) -> str:
        return f"{self.check_code} {self.key}"


class FindingTransition(TransitionRecord):
    """One decision about a finding: who, when, why."""

    subject = models.ForeignKey(QualityFinding, on_delete=models.CASCADE, related_name="transitions")

    class Meta:
        ordering: ClassVar = ["-id"]


class QualityRun(models.Model):
    """One run of the checks over a network (over the zones, where none is named).

    `tolerance_m` is how far apart ends could be drawn that should meet; the next run takes it over.
    """

    network = models.ForeignKey(Network, on_delete=models.CASCADE, null=True, related_name="+")
    actor = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+")
    started_at = models.DateTimeField(default=timezone.now)
    finished_at = models.DateTimeField(null=True)
    tolerance_m = models.FloatField(default=0.5)
    counts = models.JSONField(default=dict)

    class Meta:
        indexes: ClassVar = [models.Index(fields=["network", "-started_at"], name="gis_quality_run_latest")]

    def __str__(self) -> str:
        return f"{self.network_id} {self.started_at:%Y-%m-%d %H:%M}"
