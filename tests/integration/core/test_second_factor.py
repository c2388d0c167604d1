"""Where it is required, staff see nothing before they have set up a second factor."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from allauth.mfa.adapter import get_adapter
from allauth.mfa.models import Authenticator
from allauth.mfa.totp.internal.auth import TOTP, generate_totp_secret
from django.core.cache import cache
from django.db.backends.postgresql.psycopg_any import DateTimeTZRange
from django.test import Client
from django.urls import reverse

from backend.core.models import RoleAssignment, User
from tests.factories import core as cast
from tests.factories.core import PASSWORD

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def required(settings: Any) -> None:
    settings.REQUIRE_SECOND_FACTOR = True
    cache.clear()


def signed_in(user: User) -> Client:
    client = Client()
    client.force_login(user)
    return client


def with_second_factor(user: User) -> User:
    TOTP.activate(user, generate_totp_secret())
    assert get_adapter().is_mfa_enabled(user)
    return user


@pytest.mark.parametrize("who", [cast.salma, cast.hicham, cast.samira])
def test_staff_without_one_are_sent_to_set_it_up(who: Callable[[], User]) -> None:
    response = signed_in(who()).get("/dispatch/")
    assert response.status_code == 302
    assert response["Location"] == reverse("mfa_activate_totp")


def test_a_program_on_their_session_is_told_so() -> None:
    response = signed_in(cast.salma()).get("/api/v1/networks/")
    assert response.status_code == 403
    assert response.json()["code"] == "second_factor_missing"


def test_who_signs_in_confirms_the_password_and_sets_it_up(client: Client) -> None:
    given = {"login": cast.salma().username, "password": PASSWORD}
    asked_again = client.post(reverse("account_login"), given, follow=True)
    confirm, _status = asked_again.redirect_chain[-1]
    set_up = client.post(confirm, {"password": PASSWORD}, follow=True)
    assert set_up.redirect_chain[-1][0] == reverse("mfa_activate_totp")
    assert set_up.status_code == 200


def test_staff_with_one_and_citizens_go_on() -> None:
    assert signed_in(with_second_factor(cast.hicham())).get("/dispatch/").status_code == 200
    assert signed_in(cast.fatima()).get("/").status_code == 200
    assert Client().get("/report/").status_code == 200


def test_a_session_is_asked_again_when_its_person_joins_the_staff_or_loses_the_factor() -> None:
    user = cast.fatima()
    client = signed_in(user)
    assert client.get("/").status_code == 200
    RoleAssignment.objects.create(user=user, role="dispatcher", valid=DateTimeTZRange(cast.LONG_AGO, None))
    assert client.get("/dispatch/").status_code == 302
    with_second_factor(user)
    assert client.get("/dispatch/").status_code == 200
    Authenticator.objects.filter(user=user).delete()
    assert client.get("/dispatch/").status_code == 302


def test_no_token_is_given_for_a_password_alone(client: Client) -> None:
    user = cast.salma()
    given = {"username": user.username, "password": PASSWORD}
    response = client.post("/api/v1/auth/login/", given, content_type="application/json")
    assert response.status_code == 403
    assert response.json()["code"] == "second_factor_missing"
    assert not Authenticator.objects.filter(user=user).exists()
