"""A technician's phone without a network, in Chromium: what was written is kept, then sent once."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from django.test import Client
from playwright.sync_api import Browser, BrowserContext, Page, Route, expect

from backend.core.models import User
from gis.models import Correction, Link
from gis.services import assign_jurisdiction, edit_element
from tests.factories.core import person, samira
from tests.factories.gis import built
from tests.factories.maintenance import photo

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]

FORM = "/field/corrections/rue/pipe/p1/"
ROW, KEPT, SENT = "[data-testid=outbox-row]", "[data-testid=correction-kept]", "[data-testid=correction-sent]"
SEND = "[data-testid=correction-send]"


@pytest.fixture
def technician(settings: Any, tmp_path: Any) -> User:
    settings.MEDIA_ROOT = tmp_path
    built("R1 --p1-- a ==v1== b")
    user = samira()
    assign_jurisdiction(user=user)
    return user


@pytest.fixture
def phone(browser: Browser, live_server: Any, technician: User) -> Iterator[Page]:
    context = browser.new_context(
        base_url=live_server.url, locale="fr-MA", viewport={"width": 390, "height": 844}
    )
    sign_in(context, technician, live_server.url)
    yield context.new_page()
    context.close()


def sign_in(context: BrowserContext, user: User, url: str) -> None:
    client = Client()
    client.force_login(user)
    context.add_cookies([{"name": "sessionid", "value": client.cookies["sessionid"].value, "url": url}])


def write(phone: Page, diameter: str) -> None:
    phone.goto(FORM, wait_until="networkidle")
    phone.fill("[name=diameter_mm]", diameter)


def test_what_is_written_without_a_network_is_sent_once_it_is_back(phone: Page) -> None:
    write(phone, "150,5")
    phone.set_input_files(
        "[name=photo]", {"name": "p.jpg", "mimeType": "image/jpeg", "buffer": photo().read()}
    )
    phone.context.set_offline(True)
    phone.click(SEND)
    expect(phone.locator(KEPT)).to_be_visible()
    expect(phone.locator(ROW)).to_have_attribute("data-state", "waiting")
    assert not Correction.objects.exists()

    phone.context.set_offline(False)

    expect(phone.locator("[data-testid=outbox]")).to_be_hidden()
    kept = Correction.objects.get()
    assert (kept.changes, kept.author.username, bool(kept.photo)) == ({"diameter_mm": 150.5}, "samira", True)
    assert kept.made_at < kept.received_at


def test_an_answer_that_was_lost_on_the_way_back_is_asked_for_again(phone: Page) -> None:
    lost: list[int] = []

    def lose(route: Route) -> None:
        lost.append(route.fetch().status)
        route.abort()

    phone.route("**/api/v1/corrections/", lose, times=1)
    write(phone, "150")
    phone.click(SEND)
    expect(phone.locator(KEPT)).to_be_visible()
    assert (lost, Correction.objects.count()) == ([201], 1)

    phone.click("[data-testid=outbox-send]")

    expect(phone.locator("[data-testid=outbox]")).to_be_hidden()
    assert Correction.objects.count() == 1


def test_what_waits_survives_the_page_and_leaves_under_no_other_name(phone: Page, live_server: Any) -> None:
    write(phone, "150")
    phone.context.route("**/api/v1/corrections/", lambda route: route.abort())
    phone.click(SEND)
    expect(phone.locator(KEPT)).to_be_visible()
    colleague = person("youssef", "technician")
    assign_jurisdiction(user=colleague)
    mine = phone.context.cookies()
    sign_in(phone.context, colleague, live_server.url)
    phone.context.unroute("**/api/v1/corrections/")
    phone.goto("/field/corrections/", wait_until="networkidle")
    expect(phone.locator("[data-testid=outbox]")).to_be_hidden()
    assert not Correction.objects.exists()

    phone.context.add_cookies(mine)
    phone.goto("/field/")

    expect(phone.locator("[data-testid=outbox]")).to_have_attribute("data-waiting", "0")
    assert Correction.objects.get().author.username == "samira"


def test_what_cannot_be_is_kept_with_its_reason_and_mended(phone: Page) -> None:
    write(phone, "large")
    phone.click(SEND)
    row = phone.locator(ROW)
    expect(row).to_have_attribute("data-state", "refused")
    expect(row).to_contain_text("Cette valeur")
    phone.goto("/field/")

    row.get_by_role("link").click()
    expect(phone.locator("[name=diameter_mm]")).to_have_value("large")
    phone.fill("[name=diameter_mm]", "150")
    phone.click(SEND)

    expect(phone.locator(SENT)).to_be_visible()
    expect(phone.locator("[data-testid=outbox]")).to_be_hidden()
    assert Correction.objects.get().changes == {"diameter_mm": 150}


def test_what_changed_on_the_map_meanwhile_is_shown_field_by_field(phone: Page) -> None:
    write(phone, "150")
    phone.context.set_offline(True)
    phone.click(SEND)
    expect(phone.locator(KEPT)).to_be_visible()
    edit_element(
        table="link",
        element_id=Link.objects.get(code="p1").pk,
        version=1,
        changes={"diameter_mm": 160},
        actor=person("souad", "supervisor"),
    )

    phone.context.set_offline(False)

    difference = phone.locator("[data-testid=outbox-difference]")
    for value in ("160", "150"):
        expect(difference).to_contain_text(value)
    assert Correction.objects.get().changes == {"diameter_mm": 150}
    phone.locator(ROW).get_by_role("button").click()
    expect(phone.locator("[data-testid=outbox]")).to_be_hidden()
