"""What every face shares: theme, language, who may enter the control room."""

from __future__ import annotations

import re

import pytest
from django.conf import settings
from django.test import Client

from tests.factories.core import person

pytestmark = pytest.mark.django_db


def test_a_chosen_theme_is_on_the_page_from_the_first_byte(client: Client) -> None:
    answer = client.post("/theme/", {"theme": "dark", "next": "/styleguide/"})
    assert answer["Location"] == "/styleguide/"
    assert 'data-theme="dark"' in client.get("/styleguide/").content.decode()


@pytest.mark.parametrize(
    "target", ["https://elsewhere.example/", "//elsewhere.example", "javascript:alert(1)"]
)
def test_choosing_a_theme_never_leads_away(client: Client, target: str) -> None:
    assert client.post("/theme/", {"theme": "dark", "next": target})["Location"] == "/"


def test_a_theme_that_does_not_exist_is_not_remembered(client: Client) -> None:
    client.post("/theme/", {"theme": "pink"})
    assert "chabaka_theme" not in client.cookies


@pytest.mark.parametrize(("language", "direction"), [("fr", "ltr"), ("ar", "rtl"), ("en", "ltr")])
def test_the_style_guide_speaks_each_language_in_its_direction(
    client: Client, language: str, direction: str
) -> None:
    page = client.get(f"/styleguide/?lang={language}").content.decode()
    assert f'lang="{language}" dir="{direction}"' in page


def test_no_page_carries_inline_script_or_style(client: Client) -> None:
    client.force_login(person("salma", "supervisor"))
    for address in ("/styleguide/", "/console/", "/accounts/password/reset/"):
        page = client.get(address).content.decode()
        assert not re.search(r"\sstyle=|\son[a-z]+=|<style|<script(?![^>]*\ssrc=)", page), address


@pytest.mark.parametrize("role", ["supervisor", "dispatcher", "administrator", "analyst"])
def test_the_control_room_opens_to_those_who_work_in_it(client: Client, role: str) -> None:
    client.force_login(person("someone", role))
    answer = client.get("/console/")
    assert answer.status_code == 200
    # Coordinates are for the script, whatever the language writes decimals with.
    assert re.search(r'data-lon="-?\d+\.\d+" data-lat="\d+\.\d+"', answer.content.decode())


@pytest.mark.parametrize("role", ["citizen", "technician", "agent"])
def test_the_control_room_stays_shut_for_others(client: Client, role: str) -> None:
    client.force_login(person("someone", role))
    assert client.get("/console/").status_code == 403


def test_strangers_are_sent_to_sign_in(client: Client) -> None:
    answer = client.get("/console/")
    assert answer.status_code == 302
    assert answer["Location"].startswith(settings.LOGIN_URL) or "login" in answer["Location"]
