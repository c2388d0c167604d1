"""The network section: who enters, and what each network holds."""

from __future__ import annotations

import pytest
from django.test import Client

from tests.factories import core as cast
from tests.factories.gis import built, customers
from tests.integration.webmap.pages.conftest import signed_in

pytestmark = pytest.mark.django_db


def test_each_network_is_listed_with_what_it_holds() -> None:
    street = built("R1 --p1-- a --p2-- b", code="rue")
    customers(street, C1="a", C2="b")
    page = signed_in(cast.salma()).get("/network/").content.decode()
    row = page.split('data-testid="network-row"')[1].split("</tr>")[0]
    assert "rue" in row
    assert ">3<" in row
    assert row.count(">2<") == 2
    assert "/api/v1/networks/rue/export/?as=epanet" in row


def test_counts_follow_a_change() -> None:
    street = built("R1 --p1-- a", code="rue")
    salma = signed_in(cast.salma())
    salma.get("/network/")
    customers(street, C1="a")
    assert 'raccordement">1</td>' in salma.get("/network/").content.decode()


def test_without_a_network_the_page_says_so() -> None:
    assert "Aucun réseau" in signed_in(cast.salma()).get("/network/").content.decode()


@pytest.mark.parametrize("role", ["citizen", "technician", "agent"])
def test_others_stay_outside_and_are_not_led_here(client: Client, role: str) -> None:
    client.force_login(cast.person("someone", role))
    assert client.get("/network/").status_code == 403
    assert 'href="/network/"' not in client.get("/zones/").content.decode()


def test_staff_of_the_control_room_are_led_here() -> None:
    page = signed_in(cast.hicham()).get("/dispatch/").content.decode()
    assert 'href="/network/"' in page
