"""Zones that the network itself suggests, waiting for someone's word."""

from __future__ import annotations

from typing import ClassVar

from django.conf import settings
from django.contrib.gis.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from gis.models.networks import Network
from gis.models.scoping import ScopedQuerySet
from gis.models.zones import Zone, ZoneKind

PROPOSED_KINDS = (ZoneKind.DMA, ZoneKind.TRANSFORMER)


class ProposalState(models.TextChoices):
    """What became of a proposal."""

    OPEN = "open", _("Waiting")
    ACCEPTED = "accepted", _("Accepted")
    DISMISSED = "dismissed", _("Set aside")


class ZoneProposal(models.Model):
    """The outline of a part of a network that devices part from the rest.

    `evidence` names what feeds and bounds it: the codes of `sources`, `inlets` and `closed` devices, whether
    it is `supplied`, how many `nodes` it has. `held` of its `points` connection points lie in the outline.
    `zone` is the zone in force that holds most of them, if any; once accepted, the zone that came of it.
    """

    network = models.ForeignKey(Network, on_delete=models.CASCADE, related_name="+")
    kind = models.CharField(_("kind"), max_length=12, choices=ZoneKind.choices)
    code = models.SlugField(_("code"), max_length=40)
    name_fr = models.CharField(_("name in French"), max_length=120)
    name_ar = models.CharField(_("name in Arabic"), max_length=120)
    geom = models.MultiPolygonField(srid=4326)
    points = models.PositiveIntegerField()
    held = models.PositiveIntegerField()
    evidence = models.JSONField(default=dict)
    zone = models.ForeignKey(Zone, on_delete=models.SET_NULL, null=True, blank=True, related_name="+")
    state = models.CharField(max_length=9, choices=ProposalState.choices, default=ProposalState.OPEN)
    reason = models.CharField(max_length=200, blank=True)
    proposed_at = models.DateTimeField(default=timezone.now)
    decided_at = models.DateTimeField(null=True)
    decided_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+"
    )

    objects = ScopedQuerySet.as_manager()

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["network", "kind", "code"],
                condition=Q(state=ProposalState.OPEN),
                name="gis_zone_proposed_once",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.code} ({self.state})"
