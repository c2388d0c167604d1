"""What people tell us about the networks."""

from __future__ import annotations

import uuid
from dataclasses import dataclass
from typing import ClassVar, Self

from django.conf import settings
from django.contrib.gis.db import models
from django.db.models import Exists, OuterRef, Q, Subquery
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from backend.core.models import Role, TransitionRecord, User
from backend.core.models.users import E164, Language
from backend.core.queries.users import roles_of
from maintenance import labels
from maintenance.domain.states import REPORT, REPORT_OPEN, REPORT_UNGROUPED
from maintenance.models.catalogue import Category
from maintenance.models.places import OnNetwork
from maintenance.models.scoping import DESK_READERS, NOTHING, Person, PlacedQuerySet, counted


@dataclass(frozen=True, slots=True)
class Nearest:
    """The network element closest to a report when it was filed."""

    kind: str
    code: str
    distance_m: float


class ReportQuerySet(PlacedQuerySet):
    def visible_to(self, user: Person) -> Self:
        """Keep the desk's by jurisdiction, those behind a technician's orders, and the person's own."""
        own = NOTHING
        if isinstance(user, User):
            own = Q(reporter=user)
            if Role.TECHNICIAN in roles_of(user):
                own |= Q(Exists(_members_of_orders_of(user)))
        return self.for_desk(user, DESK_READERS, own)

    def open(self) -> Self:
        """Keep what still waits for us."""
        return self.filter(state__in=REPORT_OPEN)

    def with_summary(self) -> Self:
        """Add what a row of a list shows, in one query."""
        from maintenance.models.incidents import IncidentMember

        member = IncidentMember.objects.filter(report=OuterRef("pk"), unlinked_at=None)
        photos = ReportPhoto.objects.filter(report=OuterRef("pk")).order_by()
        return self.select_related("category", "zone").annotate(
            incident_id=Subquery(member.values("incident_id")[:1]),
            photo_count=counted(photos, "report"),
        )

    def ungrouped(self) -> Self:
        """Keep what may still become evidence of an incident."""
        return self.filter(state__in=REPORT_UNGROUPED)


def _members_of_orders_of(user: User) -> models.QuerySet:
    from maintenance.models.incidents import IncidentMember

    return IncidentMember.objects.filter(
        report=OuterRef("pk"), unlinked_at=None, incident__orders__technician__user=user
    )


class Report(OnNetwork):
    """A person's report of something wrong: numbered, placed, tied to the network, read before shown."""

    class Moderation(models.TextChoices):
        PENDING = "pending", _("To be read")
        APPROVED = "approved", _("May be shown")
        WITHHELD = "withheld", _("Withheld")

    reference = models.CharField(_("reference"), max_length=24, unique=True, editable=False)
    submission_key = models.CharField(max_length=80, unique=True, null=True, editable=False)
    category = models.ForeignKey(Category, on_delete=models.PROTECT, related_name="reports")
    text = models.TextField(_("description"), max_length=4000, blank=True)
    phone = models.CharField(_("phone"), max_length=16, blank=True, validators=[E164])
    language = models.CharField(
        _("language"), max_length=2, choices=Language.choices, default=Language.FRENCH
    )
    reporter = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, related_name="reports"
    )
    recorded_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+"
    )
    place = models.CharField(_("described place"), max_length=300, blank=True)
    nearest_distance_m = models.FloatField(null=True)
    supply_group_key = models.CharField(max_length=120, blank=True)
    supply_group_label = models.CharField(max_length=160, blank=True)
    in_service_area = models.BooleanField(default=True)
    zone = models.ForeignKey("gis.Zone", on_delete=models.PROTECT, null=True, related_name="+")
    zones = models.ManyToManyField(
        "gis.Zone", related_name="+", help_text="Every zone of the place when filed."
    )
    moderation = models.CharField(max_length=10, choices=Moderation.choices, default=Moderation.PENDING)
    duplicate_of = models.ForeignKey("self", on_delete=models.PROTECT, null=True, related_name="duplicates")
    state = models.CharField(
        max_length=30, default=REPORT.initial, choices=labels.REPORT_STATES.items(), editable=False
    )
    state_at = models.DateTimeField(default=timezone.now, editable=False)
    submitted_at = models.DateTimeField(default=timezone.now)

    objects = ReportQuerySet.as_manager()

    class Meta:
        verbose_name = _("report")
        verbose_name_plural = _("reports")
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=Q(geom__isnull=False) | ~Q(place=""), name="maintenance_report_has_a_place"
            ),
            models.CheckConstraint(
                condition=~Q(state="duplicate") | Q(duplicate_of__isnull=False),
                name="maintenance_duplicate_has_target",
            ),
        ]
        indexes: ClassVar = [
            models.Index(fields=["state", "-submitted_at"], name="maintenance_report_state"),
            models.Index(fields=["phone", "-submitted_at"], name="maintenance_report_phone"),
            models.Index(
                fields=["supply_group_key"],
                condition=Q(state__in=sorted(REPORT_UNGROUPED)),
                name="maintenance_report_ungrouped",
            ),
        ]

    def __str__(self) -> str:
        return self.reference

    @property
    def nearest(self) -> Nearest | None:
        """The network element the report hangs on."""
        element = self.link or self.node
        if element is None or self.nearest_distance_m is None:
            return None
        return Nearest(element.kind, element.code, self.nearest_distance_m)


class ReportPhoto(models.Model):
    """A photo sent with a report, re-encoded: nothing of the original file is kept but the picture."""

    public_id = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    report = models.ForeignKey(Report, on_delete=models.CASCADE, related_name="photos")
    file = models.FileField(upload_to="reports/%Y/%m/")
    width = models.PositiveIntegerField()
    height = models.PositiveIntegerField()
    sha256 = models.CharField(max_length=64)
    created_at = models.DateTimeField(default=timezone.now)

    def __str__(self) -> str:
        return str(self.public_id)


class ReportTransition(TransitionRecord):
    """One change of a report, never edited."""

    subject = models.ForeignKey(Report, on_delete=models.CASCADE, related_name="transitions")

    class Meta:
        ordering: ClassVar = ["pk"]
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["subject", "version"], name="maintenance_report_step_once"),
        ]
