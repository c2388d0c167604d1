"""Tests of the history that the database keeps of elements and zones."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from django.contrib.auth.models import AnonymousUser
from django.db import DatabaseError, connection, transaction
from django.http import HttpResponse
from django.test import RequestFactory

from gis.attribution import attributed
from gis.middleware import AttributionMiddleware
from gis.models import Link, LinkEvent, Node, NodeEvent, Zone, ZoneEvent
from gis.services import NewZone, add_elements, add_zones, set_link_state
from tests.factories.core import salma
from tests.factories.gis import built, drawn_rows, square

pytestmark = pytest.mark.django_db

DRAWING = "R1 --p1-- a ==v1== b"
NOON = datetime(2026, 11, 20, 12, tzinfo=UTC)


def test_what_arrives_costs_no_event() -> None:
    built(DRAWING)

    assert not NodeEvent.objects.exists()
    assert not LinkEvent.objects.exists()


def test_a_change_keeps_the_row_as_it_was() -> None:
    built(DRAWING)
    node = Node.objects.get(code="a")

    Node.objects.filter(pk=node.pk).update(elevation_m=12.5, version=2)

    event = NodeEvent.objects.get()
    assert (event.pgh_label, event.pgh_obj_id, event.version) == ("update", node.pk, 1)
    assert event.elevation_m is None
    assert event.geom == node.geom


def test_writing_the_same_again_is_no_change() -> None:
    network = built(DRAWING)
    rows = drawn_rows(DRAWING)

    add_elements(network_code=network.code, nodes=rows.nodes, links=rows.links)
    Node.objects.update(elevation_m=None)

    assert not NodeEvent.objects.exists()
    assert not LinkEvent.objects.exists()


def test_a_file_that_changes_rows_leaves_an_event_for_each_and_none_for_the_others() -> None:
    network = built(DRAWING)
    rows = drawn_rows(DRAWING)
    higher = [replace(node, elevation_m=5.0) if node.code == "a" else node for node in rows.nodes]

    with attributed(import_id=7):
        add_elements(network_code=network.code, nodes=higher, links=rows.links)

    event = NodeEvent.objects.get(pgh_context__import_id=7)
    assert event.code == "a"


def test_a_removal_keeps_the_whole_row() -> None:
    built(DRAWING)
    line = Link.objects.get(code="v1").geom

    Link.objects.filter(code="v1").delete()

    event = LinkEvent.objects.get()
    assert (event.pgh_label, event.code, event.geom) == ("delete", "v1", line)


def test_a_valve_seen_again_in_the_same_state_is_no_event_and_one_that_moved_is() -> None:
    built(DRAWING)
    valve = Link.objects.get(code="v1")

    set_link_state(link_id=valve.pk, state="open", at=NOON)
    assert not LinkEvent.objects.exists()

    set_link_state(link_id=valve.pk, state="closed", at=NOON + timedelta(minutes=1))
    assert LinkEvent.objects.get().state == "open"


def test_a_zone_keeps_the_outlines_it_had() -> None:
    add_zones(zones=[NewZone("z", "dma", "Z", "ز", square(-2.32, 34.92))])
    add_zones(zones=[NewZone("z", "dma", "Z", "ز", square(-2.33, 34.92))])

    event = ZoneEvent.objects.get()
    assert event.geom.extent[0] == pytest.approx(-2.32)
    assert Zone.objects.get().geom.extent[0] == pytest.approx(-2.33)


def test_history_is_not_rewritten() -> None:
    built(DRAWING)
    Node.objects.filter(code="a").update(elevation_m=3)

    for attempt in (
        lambda: NodeEvent.objects.update(elevation_m=4),
        lambda: NodeEvent.objects.all().delete(),
    ):
        with pytest.raises(DatabaseError, match="Cannot update or delete"), transaction.atomic():
            attempt()


def test_an_event_knows_who_asked_and_in_which_request() -> None:
    built(DRAWING)
    supervisor = salma()
    request: Any = RequestFactory().patch("/")
    request.user = AnonymousUser()
    request.request_id = "a-request-of-ours"

    def view(request: Any) -> HttpResponse:
        request.user = supervisor  # as the API does, once it has checked the token
        Node.objects.filter(code="a").update(elevation_m=3)
        return HttpResponse()

    AttributionMiddleware(view)(request)
    Node.objects.filter(code="a").update(elevation_m=4)

    asked, unasked = NodeEvent.objects.order_by("pk")
    assert asked.pgh_context == {"user": supervisor.pk, "request": "a-request-of-ours"}
    assert unasked.pgh_context == {}


def test_reasons_add_up_and_end_with_their_block() -> None:
    built(DRAWING)

    with attributed(user=3), attributed(import_id=9, correction_id=None):
        Node.objects.filter(code="a").update(elevation_m=3)
    Node.objects.filter(code="b").update(elevation_m=3)

    first, second = NodeEvent.objects.order_by("pk")
    assert first.pgh_context == {"user": 3, "import_id": 9}
    assert second.pgh_context == {}


def test_statements_about_other_tables_are_sent_as_they_are(django_assert_num_queries) -> None:  # type: ignore[no-untyped-def]
    with django_assert_num_queries(1), connection.cursor() as cursor:
        cursor.execute("UPDATE gis_layerchange SET changes = changes + 1")
