"""Zones, who lies in them and since when, and who answers for them."""

from __future__ import annotations

from datetime import datetime
from typing import ClassVar, Self

from django.conf import settings
from django.contrib.gis.db import models
from django.contrib.gis.db.models.functions import Transform
from django.contrib.postgres.constraints import ExclusionConstraint
from django.contrib.postgres.fields import DateTimeRangeField, RangeOperators
from django.contrib.postgres.indexes import GinIndex, GistIndex, OpClass
from django.db.models import Q
from django.db.models.functions import Lower
from django.utils import timezone
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from backend.core.models import Versioned
from gis.models.networks import ConnectionPoint, Utility, created_in
from gis.models.scoping import ScopedQuerySet


class ZoneKind(models.TextChoices):
    """What a zone is drawn for. A connection point lies in at most one zone of each kind at a time."""

    COMMUNE = "commune", _("Commune")
    DISTRICT = "district", _("District")
    DMA = "dma", _("District metered area")
    FEEDER = "feeder", _("Feeder")
    TRANSFORMER = "transformer", _("Transformer area")


class ZoneQuerySet(ScopedQuerySet):
    def valid_at(self, at: datetime) -> Self:
        """Keep the zones in force at an instant."""
        return self.filter(valid__contains=at)


class Zone(Versioned):
    """An area with a name and a period of validity. Its outline is public; what lies in it is not."""

    code = models.SlugField(_("code"), max_length=40, unique=True)
    kind = models.CharField(_("kind"), max_length=12, choices=ZoneKind.choices)
    utility = models.CharField(_("utility"), max_length=12, choices=Utility.choices, null=True, blank=True)
    parent = models.ForeignKey(
        "self", on_delete=models.PROTECT, null=True, blank=True, related_name="children"
    )
    name_fr = models.CharField(_("name in French"), max_length=120)
    name_ar = models.CharField(_("name in Arabic"), max_length=120)
    geom = models.MultiPolygonField(srid=4326)
    geom_3857 = models.GeneratedField(
        expression=Transform("geom", 3857),
        output_field=models.MultiPolygonField(srid=3857),
        db_persist=True,
        editable=False,
    )
    valid = DateTimeRangeField(_("validity"))
    synthetic = models.BooleanField(default=False)
    created_in = created_in()
    predecessors = models.ManyToManyField("self", symmetrical=False, related_name="successors", blank=True)

    objects = ZoneQuerySet.as_manager()

    class Meta:
        verbose_name = _("zone")
        verbose_name_plural = _("zones")
        constraints: ClassVar = [
            models.CheckConstraint(condition=~Q(valid__isempty=True), name="gis_zone_valid_some_time"),
        ]
        indexes: ClassVar = [
            GistIndex(fields=["geom_3857"], name="gis_zone_geom_3857"),
            models.Index(OpClass(Lower("code"), name="text_pattern_ops"), name="gis_zone_code_lower"),
            GinIndex(
                fields=["code", "name_fr", "name_ar"], opclasses=["gin_trgm_ops"] * 3, name="gis_zone_words"
            ),
        ]

    def __str__(self) -> str:
        return self.code

    @property
    def name(self) -> str:
        """The name in the language of the moment."""
        return self.name_ar if (get_language() or "").startswith("ar") else self.name_fr


class FormerOutline(models.Model):
    """Where a zone lay before it was redrawn; its present outline is its own, from the last of these on."""

    zone = models.ForeignKey(Zone, on_delete=models.CASCADE, related_name="former_outlines")
    geom = models.MultiPolygonField(srid=4326)
    valid = DateTimeRangeField()
    reason = models.CharField(max_length=200, blank=True)
    redrawn_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+"
    )
    redrawn_at = models.DateTimeField(default=timezone.now)

    class Meta:
        ordering: ClassVar = ["-redrawn_at"]
        constraints: ClassVar = [
            ExclusionConstraint(
                name="gis_one_outline_at_a_time",
                expressions=[("zone", RangeOperators.EQUAL), ("valid", RangeOperators.OVERLAPS)],
            ),
            models.CheckConstraint(condition=~Q(valid__isempty=True), name="gis_outline_lasted"),
        ]

    def __str__(self) -> str:
        return f"{self.zone_id} {self.valid}"


class ZoneMembershipQuerySet(models.QuerySet["ZoneMembership"]):
    def valid_at(self, at: datetime) -> ZoneMembershipQuerySet:
        """Keep the memberships in force at an instant."""
        return self.filter(valid__contains=at)


class ZoneMembership(models.Model):
    """A connection point in a zone over a half-open period; `zone_kind` is the zone's, for the exclusion."""

    connection_point = models.ForeignKey(
        ConnectionPoint, on_delete=models.CASCADE, related_name="memberships"
    )
    zone = models.ForeignKey(Zone, on_delete=models.PROTECT, related_name="memberships")
    zone_kind = models.CharField(max_length=12, choices=ZoneKind.choices)
    valid = DateTimeRangeField()

    objects = ZoneMembershipQuerySet.as_manager()

    class Meta:
        constraints: ClassVar = [
            # One for each kind: an index without the kind in it is a third cheaper to keep.
            *(
                ExclusionConstraint(
                    name=f"gis_one_{kind.value}_at_a_time",
                    expressions=[
                        ("connection_point", RangeOperators.EQUAL),
                        ("valid", RangeOperators.OVERLAPS),
                    ],
                    condition=Q(zone_kind=kind.value),
                )
                for kind in ZoneKind
            ),
            models.CheckConstraint(
                condition=Q(zone_kind__in=ZoneKind.values), name="gis_membership_kind_known"
            ),
            models.CheckConstraint(condition=~Q(valid__isempty=True), name="gis_membership_lasts"),
        ]

    def __str__(self) -> str:
        return f"{self.connection_point_id} in {self.zone_id}"


class Jurisdiction(models.Model):
    """Where a member of staff sees and acts: a zone and all in it, or everywhere when none is named."""

    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="jurisdictions")
    zone = models.ForeignKey(
        Zone,
        on_delete=models.CASCADE,
        null=True,
        blank=True,
        related_name="jurisdictions",
        help_text=_("Empty: everywhere."),
    )

    class Meta:
        verbose_name = _("jurisdiction")
        verbose_name_plural = _("jurisdictions")
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["user", "zone"], nulls_distinct=False, name="gis_jurisdiction_given_once"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.user}: {self.zone or '*'}"
