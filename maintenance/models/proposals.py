"""What the platform thinks belongs together, with its evidence, until a person decides."""

from __future__ import annotations

from typing import ClassVar, Self

from django.conf import settings
from django.contrib.gis.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from backend.core.models import Role, Versioned
from backend.core.queries.users import roles_of
from maintenance.models.catalogue import Category
from maintenance.models.incidents import Incident
from maintenance.models.reports import Report
from maintenance.models.scoping import NOTHING, Person, PlacedQuerySet

DECIDERS = frozenset({Role.DISPATCHER, Role.SUPERVISOR})


class AlarmSupplyQuerySet(PlacedQuerySet):
    def visible_to(self, user: Person) -> Self:
        """Keep those in the jurisdiction of who can make incidents of them."""
        return self.for_desk(user, DECIDERS, NOTHING)


class AlarmSupply(models.Model):
    """Where on the network an alarm sits: kept when it is raised, so that grouping asks no trace twice."""

    alarm = models.OneToOneField(
        "telemetry.Alarm", on_delete=models.CASCADE, primary_key=True, related_name="+"
    )
    utility = models.CharField(max_length=12, choices=Category.Utility.choices)
    supply_group_key = models.CharField(max_length=120)
    supply_group_label = models.CharField(max_length=160, blank=True)
    network_code = models.CharField(max_length=40)
    element_kind = models.CharField(max_length=20)
    element_code = models.CharField(max_length=64)
    geom = models.PointField(srid=4326, null=True)
    active = models.BooleanField(default=True)

    objects = AlarmSupplyQuerySet.as_manager()

    class Meta:
        indexes: ClassVar = [
            models.Index(
                fields=["supply_group_key"], condition=Q(active=True), name="maintenance_alarm_group"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.alarm_id}: {self.supply_group_key}"


class ProposalQuerySet(PlacedQuerySet):
    def visible_to(self, user: Person) -> Self:
        """Keep those in the jurisdiction of who can decide them."""
        if not roles_of(user) & DECIDERS:
            return self.none()
        return self.for_desk(user, DECIDERS, NOTHING)

    def pending(self) -> Self:
        """Keep those nobody decided yet."""
        return self.filter(state=IncidentProposal.State.PENDING)


class IncidentProposal(Versioned):
    """A group of alarms and reports on one isolation segment or transformer; one at most waits for each."""

    class State(models.TextChoices):
        PENDING = "pending", _("To be decided")
        ACCEPTED = "accepted", _("Accepted")
        DISMISSED = "dismissed", _("Dismissed")

    supply_group_key = models.CharField(max_length=120)
    supply_group_label = models.CharField(max_length=160, blank=True)
    utility = models.CharField(max_length=12, choices=Category.Utility.choices)
    geom = models.PointField(srid=4326, null=True)
    incident = models.ForeignKey(Incident, on_delete=models.PROTECT, null=True, related_name="proposals")
    state = models.CharField(max_length=10, choices=State.choices, default=State.PENDING, editable=False)
    reason = models.TextField(blank=True)
    created_at = models.DateTimeField(default=timezone.now)
    decided_at = models.DateTimeField(null=True)
    decided_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+"
    )

    objects = ProposalQuerySet.as_manager()

    class Meta:
        verbose_name = _("incident proposal")
        verbose_name_plural = _("incident proposals")
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["supply_group_key"],
                condition=Q(state="pending"),
                name="maintenance_one_proposal_waits",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.supply_group_key} ({self.state})"


class ProposalEvidence(models.Model):
    """One alarm or one report that speaks for a proposal."""

    proposal = models.ForeignKey(IncidentProposal, on_delete=models.CASCADE, related_name="evidence")
    report = models.ForeignKey(Report, on_delete=models.CASCADE, null=True, related_name="+")
    alarm = models.ForeignKey("telemetry.Alarm", on_delete=models.CASCADE, null=True, related_name="+")
    added_at = models.DateTimeField(default=timezone.now)

    class Meta:
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=Q(report__isnull=True) ^ Q(alarm__isnull=True),
                name="maintenance_evidence_is_one_thing",
            ),
            models.UniqueConstraint(
                fields=["proposal", "report", "alarm"], nulls_distinct=False, name="maintenance_evidence_once"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.proposal_id}: {self.report_id or self.alarm_id}"
