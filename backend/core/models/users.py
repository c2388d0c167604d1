"""People and the roles they hold, each for a time."""

from __future__ import annotations

import uuid
from datetime import datetime
from typing import ClassVar

from django.contrib.auth.models import AbstractUser, UserManager
from django.contrib.postgres.constraints import ExclusionConstraint
from django.contrib.postgres.fields import DateTimeRangeField, RangeOperators
from django.core.validators import RegexValidator
from django.db import models
from django.utils.translation import gettext_lazy as _

E164 = RegexValidator(
    r"^\+[1-9]\d{6,14}$", _("Enter the number in international form, for example +212612345678.")
)


class Language(models.TextChoices):
    """Languages a person can be served in."""

    FRENCH = "fr", _("French")
    ARABIC = "ar", _("Arabic")
    ENGLISH = "en", _("English")


class User(AbstractUser):
    """A person who signs in: citizen or staff. What they may do comes from their roles of the moment."""

    public_id = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    full_name = models.CharField(_("full name"), max_length=150, blank=True)
    phone = models.CharField(_("phone"), max_length=16, unique=True, null=True, blank=True, validators=[E164])
    phone_verified_at = models.DateTimeField(null=True, blank=True)
    language = models.CharField(
        _("language"), max_length=2, choices=Language.choices, default=Language.FRENCH
    )
    first_name = None  # type: ignore[assignment]
    last_name = None  # type: ignore[assignment]

    objects: ClassVar[UserManager[User]] = UserManager()  # type: ignore[assignment]

    def __str__(self) -> str:
        return self.full_name or self.username

    def get_full_name(self) -> str:
        """Return the name people are called by."""
        return str(self)

    def get_short_name(self) -> str:
        """Return the name people are called by."""
        return str(self)


class Role(models.TextChoices):
    """What a person does here; a person may hold several."""

    CITIZEN = "citizen", _("Citizen")
    AGENT = "agent", _("Agency agent")
    TECHNICIAN = "technician", _("Technician")
    DISPATCHER = "dispatcher", _("Dispatcher")
    SUPERVISOR = "supervisor", _("Supervisor")
    ANALYST = "analyst", _("Analyst")
    ADMINISTRATOR = "administrator", _("Administrator")


STAFF_ROLES = frozenset(Role.values) - {Role.CITIZEN.value}


class RoleAssignmentQuerySet(models.QuerySet["RoleAssignment"]):
    def valid_at(self, at: datetime) -> RoleAssignmentQuerySet:
        """Keep the assignments in force at an instant."""
        return self.filter(valid__contains=at)


class RoleAssignment(models.Model):
    """A role held by a person over a half-open period of time."""

    user = models.ForeignKey(User, on_delete=models.CASCADE, related_name="role_assignments")
    role = models.CharField(max_length=20, choices=Role.choices)
    valid = DateTimeRangeField(_("validity"))

    objects = RoleAssignmentQuerySet.as_manager()

    class Meta:
        constraints: ClassVar = [
            ExclusionConstraint(
                name="core_role_held_once_at_a_time",
                expressions=[
                    ("user", RangeOperators.EQUAL),
                    ("role", RangeOperators.EQUAL),
                    ("valid", RangeOperators.OVERLAPS),
                ],
            ),
        ]

    def __str__(self) -> str:
        return f"{self.user}: {self.get_role_display()}"
