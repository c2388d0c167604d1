"""Who is served where, and how to tell them."""

from __future__ import annotations

from datetime import datetime
from typing import ClassVar, Self

from django.conf import settings
from django.contrib.postgres.constraints import ExclusionConstraint
from django.contrib.postgres.fields import DateTimeRangeField, RangeOperators
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from backend.core.models import Versioned
from backend.core.models.users import E164, Language


class Contact(Versioned):
    """A person served.

    The phone is kept to tell them of outages and of unusual consumption, the latter by consent.
    """

    full_name = models.CharField(_("full name"), max_length=150)
    phone = models.CharField(_("phone"), max_length=16, validators=[E164])
    language = models.CharField(
        _("language"), max_length=2, choices=Language.choices, default=Language.FRENCH
    )
    consents_to_advice = models.BooleanField(_("agrees to be told of unusual consumption"), default=False)
    consented_at = models.DateTimeField(null=True, blank=True)
    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, blank=True, related_name="contacts"
    )

    class Meta:
        verbose_name = _("contact")
        verbose_name_plural = _("contacts")

    def __str__(self) -> str:
        return self.full_name


class ServiceAgreementQuerySet(models.QuerySet["ServiceAgreement"]):
    def valid_at(self, at: datetime) -> Self:
        """Keep the agreements in force at an instant."""
        return self.filter(valid__contains=at)


class ServiceAgreement(Versioned):
    """A contact served at a connection point over a half-open period; one at a time."""

    connection_point = models.ForeignKey(
        "gis.ConnectionPoint", on_delete=models.PROTECT, related_name="agreements"
    )
    contact = models.ForeignKey(Contact, on_delete=models.PROTECT, related_name="agreements")
    valid = DateTimeRangeField(_("validity"))

    objects = ServiceAgreementQuerySet.as_manager()

    class Meta:
        verbose_name = _("service agreement")
        verbose_name_plural = _("service agreements")
        constraints: ClassVar = [
            ExclusionConstraint(
                name="metering_one_agreement_at_a_time",
                expressions=[("connection_point", RangeOperators.EQUAL), ("valid", RangeOperators.OVERLAPS)],
            ),
            models.CheckConstraint(condition=~Q(valid__isempty=True), name="metering_agreement_lasts"),
        ]

    def __str__(self) -> str:
        return f"{self.connection_point_id}: {self.contact_id}"
