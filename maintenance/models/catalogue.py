"""What people can report, and what it takes to mend it."""

from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.utils.translation import gettext_lazy as _

from maintenance.models.places import Bilingual


class Skill(Bilingual):
    """Something a technician must know to carry out an order."""

    code = models.SlugField(_("code"), max_length=40, unique=True)

    class Meta:
        verbose_name = _("skill")
        verbose_name_plural = _("skills")


class Category(Bilingual):
    """What a report is about.

    `urgent` ones show the emergency number first. `tells_of_supply` ones are evidence of a failure of the
    network, so that they can be grouped into an incident; a meter to be exchanged is not.
    """

    class Utility(models.TextChoices):
        WATER = "water", _("Water")
        ELECTRICITY = "electricity", _("Electricity")
        OTHER = "other", _("Other")

    code = models.SlugField(_("code"), max_length=40, unique=True)
    utility = models.CharField(_("utility"), max_length=12, choices=Utility.choices)
    skill = models.ForeignKey(Skill, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    priority = models.PositiveSmallIntegerField(_("priority"), default=3)
    urgent = models.BooleanField(_("urgent danger"), default=False)
    tells_of_supply = models.BooleanField(_("tells of the supply"), default=True)
    position = models.PositiveSmallIntegerField(default=100)
    active = models.BooleanField(_("active"), default=True)

    class Meta:
        verbose_name = _("category")
        verbose_name_plural = _("categories")
        ordering: ClassVar = ["position", "code"]
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=models.Q(priority__range=(1, 4)), name="maintenance_category_priority"
            ),
        ]
