"""Work to be done on the ground, by whom, and what came of it."""

from __future__ import annotations

import uuid
from typing import Any, ClassVar, Self

from django.conf import settings
from django.contrib.gis.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from backend.core.models import Role, TransitionRecord
from backend.core.queries.users import roles_of
from maintenance import labels
from maintenance.domain.states import ORDER, ORDER_OPEN
from maintenance.models.catalogue import Category, Skill
from maintenance.models.crew import Technician
from maintenance.models.incidents import Incident
from maintenance.models.places import OnNetwork
from maintenance.models.scoping import NOTHING, ORDER_READERS, Person, PlacedQuerySet


class WorkOrderQuerySet(PlacedQuerySet):
    def visible_to(self, user: Person) -> Self:
        """Keep the desk's by jurisdiction, and a technician's own and nobody else's."""
        own = Q(technician__user=user) if Role.TECHNICIAN in roles_of(user) else NOTHING
        return self.for_desk(user, ORDER_READERS, own)

    def with_summary(self) -> Self:
        """Add what a row of a list shows, in one query."""
        return self.select_related("incident__category", "incident__zone", "technician__user", "skill")

    def open(self) -> Self:
        """Keep what is not closed or cancelled."""
        return self.filter(state__in=ORDER_OPEN)


class WorkOrder(OnNetwork):
    """One piece of work. `isolation` is the incident's trace as it stood when the order was written."""

    class Kind(models.TextChoices):
        CORRECTIVE = "corrective", _("Corrective")
        PREVENTIVE = "preventive", _("Preventive")
        INSPECTION = "inspection", _("Inspection")

    incident = models.ForeignKey(Incident, on_delete=models.PROTECT, null=True, related_name="orders")
    kind = models.CharField(_("kind"), max_length=12, choices=Kind.choices, default=Kind.CORRECTIVE)
    utility = models.CharField(_("utility"), max_length=12, choices=Category.Utility.choices)
    title = models.CharField(_("title"), max_length=200, blank=True)
    instructions = models.TextField(_("instructions"), max_length=4000, blank=True)
    priority = models.PositiveSmallIntegerField(_("priority"), choices=labels.PRIORITIES.items(), default=3)
    skill = models.ForeignKey(Skill, on_delete=models.PROTECT, null=True, related_name="+")
    technician = models.ForeignKey(Technician, on_delete=models.PROTECT, null=True, related_name="orders")
    place = models.CharField(_("place"), max_length=300, blank=True)
    isolation: models.JSONField[dict[str, Any]] = models.JSONField(default=dict)
    photos_required = models.PositiveSmallIntegerField(default=1)
    pause_kind = models.CharField(max_length=10, choices=labels.PAUSES.items(), blank=True)
    due_at = models.DateTimeField(_("due"), null=True, blank=True)
    created_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+"
    )
    created_at = models.DateTimeField(default=timezone.now)
    state = models.CharField(
        max_length=30, default=ORDER.initial, choices=labels.ORDER_STATES.items(), editable=False
    )
    state_at = models.DateTimeField(default=timezone.now, editable=False)

    objects = WorkOrderQuerySet.as_manager()

    class Meta:
        verbose_name = _("work order")
        verbose_name_plural = _("work orders")
        constraints: ClassVar = [
            models.CheckConstraint(condition=Q(priority__range=(1, 4)), name="maintenance_order_priority"),
            models.CheckConstraint(
                condition=Q(technician__isnull=False)
                | Q(state__in=["draft", "approved", "planned", "declined", "cancelled"]),
                name="maintenance_order_on_the_way_has_technician",
            ),
        ]
        indexes: ClassVar = [
            models.Index(fields=["state", "priority", "created_at"], name="maintenance_order_queue"),
            models.Index(fields=["technician", "state"], name="maintenance_order_technician"),
        ]

    def __str__(self) -> str:
        return self.code

    @property
    def code(self) -> str:
        """The number people call it by (ordre de travail)."""
        return f"OT-{self.pk:05d}"

    @property
    def heading(self) -> str:
        """The title given, else that of the incident in the language of the moment."""
        if self.title:
            return self.title
        return self.incident.title if self.incident else self.get_kind_display()


class FromTheField(models.Model):
    """Something a phone sends, perhaps twice: `client_id` makes the second time the same row."""

    client_id = models.UUIDField(null=True, unique=True, editable=False)
    author = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    occurred_at = models.DateTimeField(default=timezone.now)
    recorded_at = models.DateTimeField(default=timezone.now)

    class Meta:
        abstract = True


class WorkOrderNote(FromTheField):
    """What someone wrote on an order."""

    order = models.ForeignKey(WorkOrder, on_delete=models.CASCADE, related_name="notes")
    text = models.TextField(_("note"), max_length=4000)

    class Meta:
        ordering: ClassVar = ["pk"]

    def __str__(self) -> str:
        return f"{self.order}: {self.text[:40]}"


class WorkOrderPhoto(FromTheField):
    """A photo taken on site, re-encoded."""

    public_id = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    order = models.ForeignKey(WorkOrder, on_delete=models.CASCADE, related_name="photos")
    file = models.FileField(upload_to="orders/%Y/%m/")
    width = models.PositiveIntegerField()
    height = models.PositiveIntegerField()
    sha256 = models.CharField(max_length=64)
    caption = models.CharField(_("caption"), max_length=200, blank=True)

    class Meta:
        ordering: ClassVar = ["pk"]

    def __str__(self) -> str:
        return str(self.public_id)


class WorkOrderTransition(TransitionRecord):
    """One change of an order, never edited."""

    subject = models.ForeignKey(WorkOrder, on_delete=models.CASCADE, related_name="transitions")

    class Meta:
        ordering: ClassVar = ["pk"]
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["subject", "version"], name="maintenance_order_step_once"),
        ]
