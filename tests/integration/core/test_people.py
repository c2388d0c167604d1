"""Roles hold for a time; the operator is one."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest
from django.template import Context, Template
from django.utils import translation

from backend.core import clock
from backend.core.domain.phones import national_form, normalise_phone
from backend.core.models import Organisation, User
from backend.core.queries.users import roles_of, username_for
from backend.core.services import ensure_user, grant_role, set_organisation, withdraw_role
from tests.factories import core as cast


@pytest.mark.django_db
class TestRoles:
    def test_a_role_holds_from_its_grant_to_its_withdrawal(self) -> None:
        user = cast.person("samira")
        start = clock.now() - timedelta(days=10)
        grant_role(user=user, role="technician", since=start)
        withdraw_role(user=user, role="technician", at=start + timedelta(days=5))
        assert roles_of(user, start - timedelta(seconds=1)) == frozenset()
        assert roles_of(user, start) == {"technician"}
        assert roles_of(user) == frozenset()

    def test_a_person_is_brought_up_to_date_and_not_doubled(self) -> None:
        first = ensure_user(username="a", password="one-long-password", full_name="A", roles=["technician"])
        second = ensure_user(
            username="a", password="one-long-password", full_name="B", roles=["technician", "agent"]
        )
        assert first.pk == second.pk
        assert User.objects.get().full_name == "B"
        assert roles_of(User.objects.get()) == {"technician", "agent"}

    def test_someone_inactive_holds_nothing(self) -> None:
        user = cast.salma()
        user.is_active = False
        assert roles_of(user) == frozenset()

    def test_an_address_shared_by_two_people_signs_nobody_in(self) -> None:
        cast.person("a", email="shared@example.ma")
        cast.person("b", email="Shared@example.ma")
        assert username_for("shared@example.ma") == "shared@example.ma"

    def test_there_is_one_operator(self) -> None:
        set_organisation(name_fr="Un", name_ar="واحد")
        set_organisation(name_fr="Deux")
        assert [(row.name_fr, row.name_ar) for row in Organisation.objects.all()] == [("Deux", "واحد")]


@pytest.mark.parametrize(
    "typed",
    ["0612345678", "06 12 34 56 78", "+212 6 12 34 56 78", "00212612345678", "٠٦١٢٣٤٥٦٧٨", "06-12.34.56.78"],
)
def test_a_number_is_understood_as_people_type_it(typed: str) -> None:
    assert normalise_phone(typed) == "+212612345678"


@pytest.mark.parametrize("typed", ["", "hello", "0612", "06123456789", "+2126"])
def test_what_is_no_number_is_refused(typed: str) -> None:
    assert normalise_phone(typed) is None


def test_a_number_is_shown_as_people_read_it() -> None:
    assert national_form("+212612345678") == "06 12 34 56 78"
    assert national_form("+33612345678") == "+33 6 12 34 56 78"


@pytest.mark.parametrize(
    ("language", "date", "figure"),
    [
        ("fr", "9 juillet 2026, 09:30", "12\u202f840,5"),
        ("ar", "9 يوليوز 2026، 09:30", "12.840,5"),
        ("en", "July 9, 2026, 9:30 a.m.", "12,840.5"),
    ],
)
def test_dates_and_figures_are_written_as_people_here_write_them(
    language: str, date: str, figure: str
) -> None:
    text = Template("{{ at|date:'DATETIME_FORMAT' }}|{{ n|floatformat:'1g' }}")
    with translation.override(language):
        shown = text.render(Context({"at": datetime(2026, 7, 9, 9, 30), "n": 12840.5}))  # noqa: DTZ001
    assert shown.split("|") == [date, figure]
