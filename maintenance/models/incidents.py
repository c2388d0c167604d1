"""One failure of a network, whoever told us: alarms and people."""

from __future__ import annotations

from typing import Any, ClassVar, Self

from django.conf import settings
from django.contrib.gis.db import models
from django.db.models import Exists, OuterRef, Q
from django.utils import timezone
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from backend.core.models import Role, TransitionRecord, User
from backend.core.queries.users import roles_of
from maintenance import labels
from maintenance.domain.states import INCIDENT, INCIDENT_OPEN, INCIDENT_RUNNING
from maintenance.models.catalogue import Category
from maintenance.models.places import OnNetwork
from maintenance.models.reports import Report
from maintenance.models.scoping import DESK_READERS, NOTHING, Person, PlacedQuerySet, counted


class IncidentQuerySet(PlacedQuerySet):
    def visible_to(self, user: Person) -> Self:
        """Keep the desk's by jurisdiction and those behind a technician's orders."""
        own = NOTHING
        if isinstance(user, User) and Role.TECHNICIAN in roles_of(user):
            from maintenance.models.orders import WorkOrder

            own = Q(Exists(WorkOrder.objects.filter(incident=OuterRef("pk"), technician__user=user)))
        return self.for_desk(user, DESK_READERS, own)

    def open(self) -> Self:
        """Keep what is not over."""
        return self.filter(state__in=INCIDENT_OPEN)

    def with_summary(self) -> Self:
        """Add what a row of a list shows, in one query."""
        from maintenance.models.orders import WorkOrder

        members = IncidentMember.objects.filter(incident=OuterRef("pk"), unlinked_at=None).order_by()
        orders = WorkOrder.objects.filter(incident=OuterRef("pk")).exclude(state="cancelled").order_by()
        return self.select_related("category", "zone").annotate(
            report_count=counted(members.filter(report__isnull=False), "incident"),
            alarm_count=counted(members.filter(alarm__isnull=False), "incident"),
            order_count=counted(orders, "incident"),
        )

    def running(self) -> Self:
        """Keep what still takes new evidence."""
        return self.filter(state__in=INCIDENT_RUNNING)


class Incident(OnNetwork):
    """A failure that cuts or weakens the supply of a part of a network.

    `isolation` keeps the trace as it was when made: `{network, from, valves: [{code, kind, lon, lat}],
    warnings (codes), traced_at}`; the customers it cuts off are rows of `AffectedPoint`.
    """

    category = models.ForeignKey(Category, on_delete=models.PROTECT, null=True, related_name="+")
    utility = models.CharField(_("utility"), max_length=12, choices=Category.Utility.choices)
    supply_group_key = models.CharField(max_length=120, blank=True)
    supply_group_label = models.CharField(max_length=160, blank=True)
    zone = models.ForeignKey("gis.Zone", on_delete=models.PROTECT, null=True, related_name="+")
    isolation: models.JSONField[dict[str, Any]] = models.JSONField(default=dict)
    affected_count = models.PositiveIntegerField(default=0)
    expected_at = models.DateTimeField(_("expected restoration"), null=True)
    affected_told_at = models.DateTimeField(null=True)
    merged_into = models.ForeignKey("self", on_delete=models.PROTECT, null=True, related_name="merged")
    opened_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+"
    )
    opened_at = models.DateTimeField(default=timezone.now)
    state = models.CharField(
        max_length=30, default=INCIDENT.initial, choices=labels.INCIDENT_STATES.items(), editable=False
    )
    state_at = models.DateTimeField(default=timezone.now, editable=False)

    objects = IncidentQuerySet.as_manager()

    class Meta:
        verbose_name = _("incident")
        verbose_name_plural = _("incidents")
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=~Q(state="merged") | Q(merged_into__isnull=False),
                name="maintenance_merged_has_target",
            ),
        ]
        indexes: ClassVar = [
            models.Index(fields=["state", "-opened_at"], name="maintenance_incident_state"),
            models.Index(fields=["supply_group_key"], name="maintenance_incident_group"),
        ]

    def __str__(self) -> str:
        return self.code

    @property
    def code(self) -> str:
        """The number people call it by."""
        return f"INC-{self.pk:05d}"

    @property
    def group_label(self) -> str:
        """The isolation segment or transformer, in the language of the moment."""
        return labels.supply_group(self.supply_group_key, self.supply_group_label)

    @property
    def title(self) -> str:
        """What happened and where, in the language of the moment."""
        what = self.category.name if self.category else gettext("Network alarm")
        where = self.group_label or (self.zone.name if self.zone else "")
        return gettext("%(what)s · %(where)s") % {"what": what, "where": where} if where else what


class IncidentMember(models.Model):
    """A report or an alarm held to tell of an incident. Unlinking keeps the row."""

    incident = models.ForeignKey(Incident, on_delete=models.CASCADE, related_name="members")
    report = models.ForeignKey(Report, on_delete=models.PROTECT, null=True, related_name="memberships")
    alarm = models.ForeignKey("telemetry.Alarm", on_delete=models.PROTECT, null=True, related_name="+")
    linked_at = models.DateTimeField(default=timezone.now)
    linked_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+"
    )
    unlinked_at = models.DateTimeField(null=True)
    unlinked_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+"
    )
    unlink_reason = models.TextField(blank=True)

    class Meta:
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=Q(report__isnull=True) ^ Q(alarm__isnull=True),
                name="maintenance_member_is_one_thing",
            ),
            models.UniqueConstraint(
                fields=["report"], condition=Q(unlinked_at=None), name="maintenance_report_in_one_incident"
            ),
            models.UniqueConstraint(
                fields=["alarm"], condition=Q(unlinked_at=None), name="maintenance_alarm_in_one_incident"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.incident}: {self.report or self.alarm_id}"


class AffectedPoint(models.Model):
    """A connection point that loses its supply with the incident; `position` puts critical ones first."""

    incident = models.ForeignKey(Incident, on_delete=models.CASCADE, related_name="affected")
    connection_point = models.ForeignKey("gis.ConnectionPoint", on_delete=models.CASCADE, related_name="+")
    position = models.PositiveIntegerField()

    class Meta:
        ordering: ClassVar = ["position"]
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["incident", "connection_point"], name="maintenance_affected_once"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.incident}: {self.connection_point_id}"


class IncidentTransition(TransitionRecord):
    """One change of an incident, never edited."""

    subject = models.ForeignKey(Incident, on_delete=models.CASCADE, related_name="transitions")

    class Meta:
        ordering: ClassVar = ["pk"]
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["subject", "version"], name="maintenance_incident_step_once"),
        ]
