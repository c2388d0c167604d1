"""Staff sign in by name, phone or email; each role lands on its face; repeated failures lock the name."""

from __future__ import annotations

import json
from pathlib import Path
from uuid import uuid4

import pytest
from django.core.cache import cache
from django.test import Client
from django.urls import reverse

from tests.factories import core as cast
from tests.factories.core import PASSWORD

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def fresh_throttles() -> None:
    cache.clear()


def sign_in(client: Client, login: str, password: str = PASSWORD, **extra: str) -> object:
    return client.post(reverse("account_login"), {"login": login, "password": password, **extra})


@pytest.mark.parametrize(
    "identifier", ["samira", "0612345678", "06 12 34 56 78", "+212612345678", "s.idrissi@example.ma"]
)
def test_a_technician_signs_in_by_name_phone_or_email(client: Client, identifier: str) -> None:
    cast.person("samira", "technician", phone="+212612345678", email="s.idrissi@example.ma")
    response = sign_in(client, identifier)
    assert response.status_code == 302
    assert response["Location"] == "/field/"


@pytest.mark.parametrize(
    ("who", "face"),
    [
        (cast.salma, "/console/"),
        (cast.hicham, "/dispatch/"),
        (cast.samira, "/field/"),
        (cast.fatima, "/"),
        (cast.leila, "/console/"),
        (lambda: cast.person("agent-1", "agent"), "/dispatch/reports/"),
    ],
)
def test_each_role_lands_on_its_face(client: Client, who: object, face: str) -> None:
    user = who()  # type: ignore[operator]
    assert sign_in(client, user.username)["Location"] == face


def test_the_page_asked_for_comes_first(client: Client) -> None:
    cast.salma()
    assert sign_in(client, "salma", next="/dispatch/")["Location"] == "/dispatch/"


def test_a_wrong_password_does_not_say_whether_the_name_exists(client: Client) -> None:
    cast.salma()
    known = sign_in(client, "salma", "not the password").content.decode()
    unknown = sign_in(client, "nobody", "not the password").content.decode()
    message = "Ce nom et ce mot de passe ne vont pas ensemble."
    assert message in known
    assert message in unknown


def test_ten_failures_lock_the_name_and_nobody_else(client: Client) -> None:
    cast.salma()
    cast.hicham()
    for _ in range(10):
        sign_in(client, "salma", "wrong")
    assert sign_in(client, "salma").status_code == 200
    assert sign_in(client, "hicham").status_code == 302


def test_nobody_opens_an_account_alone(client: Client) -> None:
    page = client.post(
        reverse("account_signup"), {"username": "eve", "password1": PASSWORD, "password2": PASSWORD}
    )
    assert not cast.User.objects.filter(username="eve").exists()
    assert page.status_code == 200


def test_the_administration_site_uses_the_same_door(client: Client) -> None:
    assert reverse("account_login") in client.get("/admin/login/")["Location"]


def test_signing_out_needs_a_post(client: Client) -> None:
    client.force_login(cast.salma())
    client.get(reverse("account_logout"))
    assert "_auth_user_id" in client.session
    client.post(reverse("account_logout"))
    assert "_auth_user_id" not in client.session


class TestDemoAccounts:
    @pytest.fixture(autouse=True)
    def demo(self, settings: object, tmp_path: Path) -> None:
        accounts = {"supervisor": {"username": "salma", "password": PASSWORD}}
        (tmp_path / "demo.json").write_text(json.dumps({"accounts": accounts}))
        settings.RUN_DIR = tmp_path  # type: ignore[attr-defined]

    def test_one_click_signs_in(self, client: Client) -> None:
        user = cast.salma()
        assert 'data-testid="demo-supervisor"' in client.get(reverse("account_login")).content.decode()
        response = client.post("/demo/sign-in/", {"role": "supervisor"})
        assert response["Location"] == "/console/"
        assert client.session["_auth_user_id"] == str(user.pk)

    def test_only_offered_roles_are_signed_in(self, client: Client) -> None:
        cast.omar()
        assert client.post("/demo/sign-in/", {"role": "administrator"}).status_code == 404

    def test_it_needs_a_post_and_its_token(self) -> None:
        cast.salma()
        careful = Client(enforce_csrf_checks=True)
        assert careful.get("/demo/sign-in/").status_code == 405
        assert careful.post("/demo/sign-in/", {"role": "supervisor"}).status_code == 403

    def test_nothing_is_offered_outside_the_demo(self, client: Client, settings: object) -> None:
        cast.salma()
        settings.DEMO = False  # type: ignore[attr-defined]
        assert "demo-supervisor" not in client.get(reverse("account_login")).content.decode()
        assert client.post("/demo/sign-in/", {"role": "supervisor"}).status_code == 404


class TestTokens:
    LOGIN = "/api/v1/auth/login/"

    def login(self, client: Client, **body: str) -> object:
        return client.post(self.LOGIN, body, content_type="application/json")

    def test_a_name_and_a_password_give_a_token_that_opens_and_can_be_withdrawn(self, client: Client) -> None:
        cast.hicham()
        answer = self.login(client, username="hicham", password=PASSWORD)
        assert answer.status_code == 200
        body = answer.json()
        assert set(body) >= {"token", "expiry"}
        assert body["roles"] == ["dispatcher"]
        token = {"Authorization": f"Token {body['token']}"}
        assert client.post("/api/v1/auth/logout/", headers=token).status_code == 204
        assert client.post("/api/v1/auth/logout/", headers=token).status_code == 401

    def test_a_wrong_password_is_a_401_problem(self, client: Client) -> None:
        cast.hicham()
        answer = self.login(client, username="hicham", password="wrong")
        assert (answer.status_code, answer["Content-Type"]) == (401, "application/problem+json")
        assert answer.json()["code"] == "not_authenticated"

    def test_a_wrong_token_is_a_401_problem(self, client: Client) -> None:
        answer = client.post("/api/v1/auth/logout/", headers={"Authorization": f"Token {uuid4().hex}"})
        assert (answer.status_code, answer["Content-Type"]) == (401, "application/problem+json")

    def test_failures_lock_here_and_on_the_page_alike(self, client: Client) -> None:
        cast.hicham()
        for _ in range(10):
            self.login(client, username="hicham", password="wrong")
        locked = self.login(client, username="hicham", password=PASSWORD)
        assert locked.status_code == 429
        assert locked["Retry-After"]
        assert sign_in(client, "hicham").status_code == 200

    def test_what_is_missing_is_named(self, client: Client) -> None:
        answer = self.login(client, username="hicham")
        assert answer.status_code == 400
        assert list(answer.json()["errors"]) == ["password"]

    def test_a_second_factor_is_asked_for_where_one_is_set_up(self, client: Client) -> None:
        from allauth.mfa.totp.internal.auth import TOTP, generate_totp_secret

        user = cast.hicham()
        TOTP.activate(user, generate_totp_secret())
        assert self.login(client, username="hicham", password=PASSWORD).status_code == 401
        assert self.login(client, username="hicham", password=PASSWORD, code="000000").status_code == 401
        assert sign_in(client, "hicham")["Location"] == "/accounts/2fa/authenticate/"
