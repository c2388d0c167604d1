"""Tests of the search: codes, old references, names and addresses, in French and Arabic, misspelt or not."""

from __future__ import annotations

from typing import Any

import pytest
from django.db import connection
from django.test import Client
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.django import TestCase

from gis.domain import words as compared
from gis.models import ConnectionPoint, ConnectionPointAlias, Network, Node, SearchWord
from gis.queries import search_elements
from gis.queries.limits import TookTooLongError, time_limit
from gis.services import NewZone, add_zones, assign_jurisdiction, refresh_search_words
from tests.factories.core import fatima, hicham, salma
from tests.factories.gis import built, customers, square, zone

pytestmark = pytest.mark.django_db

ADDRESSES = {
    "W-00001": "12 boulevard Hassan II lot 3",
    "W-00002": "14 rue du Marché",
    "W-00327": "١٥ شارع المسيرة الخضراء",
    "W-00400": "زنقة الإمام مالك",
    "W-00500": "3 avenue Hassan II",
}


@pytest.fixture
def town() -> Network:
    network = built("R1 --p1-- a ==v1== b --p227-- c")
    customers(network, **{code.replace("-", "_"): "b" for code in ADDRESSES})
    for code, address in ADDRESSES.items():
        ConnectionPoint.objects.filter(code=code.replace("-", "_")).update(code=code, address=address)
    Node.objects.filter(code="R1").update(attributes={"name": "Réservoir Sidi Yahya"})
    point = ConnectionPoint.objects.get(code="W-00002")
    ConnectionPointAlias.objects.create(network=network, connection_point=point, reference="1987/44-B")
    refresh_search_words()
    return network


@pytest.fixture
def supervisor(client: Client, town: Network, monkeypatch: pytest.MonkeyPatch) -> Client:
    monkeypatch.setattr(search_elements, "EXTRAS_MS", 60_000)
    user = salma()
    assign_jurisdiction(user=user)
    client.force_login(user)
    return client


def hits(client: Client, words: str) -> list[dict[str, Any]]:
    results: list[dict[str, Any]] = client.get("/api/v1/search/", {"q": words}).json()["results"]
    return results


def found(client: Client, words: str) -> list[str]:
    return [hit["code"] for hit in hits(client, words)]


@pytest.mark.parametrize("written", ["W-00327", "w00327", "W 00 327", "W327", "w 327", "W-003"])
def test_a_code_is_found_however_it_is_written(supervisor: Client, written: str) -> None:
    assert "W-00327" in found(supervisor, written)


def test_an_old_reference_leads_to_its_point_and_is_named(supervisor: Client) -> None:
    (hit,) = hits(supervisor, "1987 44b")
    assert (hit["code"], hit["match"], hit["reference"]) == ("W-00002", "reference", "1987/44-B")


@pytest.mark.parametrize(
    ("words", "code"),
    [
        ("hassan ii 12", "W-00001"),
        ("bd hassan", "W-00001"),
        ("rue marche", "W-00002"),
        ("RUE DE MARCHÉ 14", "W-00002"),
        ("شارع المسيرة", "W-00327"),
        ("مسيره خضراء 15", "W-00327"),
        ("زنقة الامام", "W-00400"),
        ("reservoir sidi", "R1"),
    ],
)
def test_addresses_and_names_are_found_by_their_words_in_any_order(
    supervisor: Client, words: str, code: str
) -> None:
    (hit, *_) = hits(supervisor, words)
    assert (hit["code"], hit["match"]) == (code, "words")


@pytest.mark.parametrize(
    ("misspelt", "code"),
    [
        ("boulevard hasan", "W-00001"),
        ("rue du marchet", "W-00002"),
        ("شارع المصيرة", "W-00327"),
        ("resrvoir sidi", "R1"),
    ],
)
def test_misspelt_words_find_what_is_near_to_them(supervisor: Client, misspelt: str, code: str) -> None:
    (hit, *_) = hits(supervisor, misspelt)
    assert (hit["code"], hit["match"]) == (code, "near")


def test_what_is_written_right_comes_without_what_is_only_like_it(supervisor: Client) -> None:
    assert {hit["match"] for hit in hits(supervisor, "hassan")} == {"words"}


def test_codes_are_found_by_a_part_after_all_else(supervisor: Client) -> None:
    (hit,) = hits(supervisor, "227")
    assert (hit["code"], hit["match"]) == ("p227", "part")


def test_zones_are_found_in_both_languages(supervisor: Client) -> None:
    add_zones(zones=[NewZone("z-1", "district", "Quartier des Oliviers", "حي الزيتون", square(-2.32, 34.92))])
    assert found(supervisor, "oliviers") == found(supervisor, "الزيتون") == ["z-1"]


def test_looking_further_is_given_up_in_time_and_said(
    supervisor: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    def gives_up(*_: Any, **__: Any) -> Any:
        raise TookTooLongError

    monkeypatch.setattr(search_elements, "time_limit", gives_up)
    answer = supervisor.get("/api/v1/search/", {"q": "227"}).json()
    assert answer == {"results": [], "complete": False}


def test_a_statement_past_its_time_is_cancelled_and_the_next_has_its_own() -> None:
    with connection.cursor() as cursor:
        with pytest.raises(TookTooLongError), time_limit(20):
            cursor.execute("SELECT pg_sleep(5)")
        with time_limit(60_000):
            cursor.execute("SELECT 1")
        cursor.execute("SELECT current_setting('statement_timeout')")
        assert cursor.fetchone() == ("0",)


def test_who_sees_a_part_finds_the_same_when_codes_cannot_be_read_in_order(
    client: Client, town: Network, monkeypatch: pytest.MonkeyPatch
) -> None:
    zone("west", square(-2.3205, 34.9195))
    dispatcher = hicham()
    assign_jurisdiction(user=dispatcher, zone_code="west")
    client.force_login(dispatcher)
    real, limits = search_elements.time_limit, iter([None])

    def first_gives_up(milliseconds: int) -> Any:
        if next(limits, "given") is None:
            raise TookTooLongError
        return real(60_000)

    monkeypatch.setattr(search_elements, "time_limit", first_gives_up)
    assert "p1" in found(client, "p1")
    assert "p227" not in found(client, "p2")


def test_people_outside_find_no_address(client: Client, town: Network) -> None:
    client.force_login(fatima())
    assert found(client, "hassan") == found(client, "W-00001") == found(client, "hasan") == []


def test_the_words_are_read_anew_only_where_something_changed(town: Network) -> None:
    assert SearchWord.objects.get(word="hassan").uses == 2
    assert not refresh_search_words()

    ConnectionPoint.objects.filter(code="W-00500").update(address="3 avenue Al Qods")

    assert refresh_search_words()
    assert SearchWord.objects.get(word="hassan").uses == 1
    assert not SearchWord.objects.filter(word__regex=r"^\d").exists()


LETTERS = st.text(
    alphabet=st.characters(
        codec="utf-8",
        categories=("L", "N", "P", "Z", "M"),
        max_codepoint=0x6FF,
        exclude_characters="\x00İı",
    ),
    max_size=30,
)


class TheDatabaseAndPythonAgree(TestCase):
    """The same functions twice: in the indexes, and where questions are asked."""

    @settings(max_examples=300, deadline=None)
    @given(LETTERS)
    def test_on_how_words_and_codes_are_compared(self, text: str) -> None:
        with connection.cursor() as cursor:
            cursor.execute(
                "SELECT gis_folded(%s), gis_key(%s), tsvector_to_array(gis_words(%s))", [text, text, text]
            )
            folded, key, words = cursor.fetchone()
        assert compared.folded(text) == folded
        assert compared.key(text) == key
        assert set(compared.words_of(text)) == set(words)
