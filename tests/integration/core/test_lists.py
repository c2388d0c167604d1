"""Lists are paged by keyset, filtered by box, and writes answer retries."""

from __future__ import annotations

from threading import Thread
from typing import Any
from uuid import uuid4

import pytest
from django.contrib.gis.geos import MultiPolygon, Polygon
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from rest_framework import serializers
from rest_framework.exceptions import ValidationError
from rest_framework.generics import GenericAPIView, ListAPIView
from rest_framework.permissions import AllowAny
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.test import APIRequestFactory
from rest_framework.views import APIView

from backend.core.api.filters import BboxFilter, parse_bbox
from backend.core.api.idempotency import IdempotentCreate, idempotent
from backend.core.api.pagination import CursorList
from backend.core.models import IdempotencyRecord, Organisation, OutboxEvent
from tests.factories import core as cast

ask = APIRequestFactory()


class EventSerializer(serializers.ModelSerializer):
    class Meta:
        model = OutboxEvent
        fields = ("id", "topic")


class Events(IdempotentCreate, ListAPIView):
    permission_classes = [AllowAny]
    authentication_classes: list[Any] = []
    serializer_class = EventSerializer
    pagination_class = CursorList
    queryset = OutboxEvent.objects.all()
    newest_first = False

    def post(self, request: Request) -> Response:
        return self.create(request)

    def perform_create(self, serializer: Any) -> None:
        serializer.save(payload={})


class Places(GenericAPIView):
    queryset = Organisation.objects.all()
    filter_backends = [BboxFilter]
    bbox_field = "service_area"


def pages(url: str, **initkwargs: Any) -> list[list[str]]:
    found = []
    while url:
        body = Events.as_view(**initkwargs)(ask.get(url)).data
        found.append([row["topic"] for row in body["results"]])
        url = body["next"]
    return found


@pytest.mark.django_db
class TestPages:
    def test_pages_follow_each_other_to_the_end(self) -> None:
        OutboxEvent.objects.bulk_create(OutboxEvent(topic=name, payload={}) for name in "abcde")
        assert pages("/?limit=2") == [["a", "b"], ["c", "d"], ["e"]]
        assert pages("/?limit=5") == [["a", "b", "c", "d", "e"]]
        assert pages("/?limit=3", newest_first=True) == [["e", "d", "c"], ["b", "a"]]

    def test_a_row_removed_in_between_moves_nothing(self) -> None:
        rows = OutboxEvent.objects.bulk_create(OutboxEvent(topic=name, payload={}) for name in "abcd")
        first = Events.as_view()(ask.get("/?limit=2")).data
        rows[0].delete()
        second = Events.as_view()(ask.get(first["next"])).data
        assert [row["topic"] for row in second["results"]] == ["c", "d"]

    @pytest.mark.parametrize(
        "query", ["limit=0", "limit=x", "limit=-3", "cursor=%%%", "cursor=abc", "cursor=LTE"]
    )
    def test_nonsense_is_refused(self, query: str) -> None:
        assert Events.as_view()(ask.get(f"/?{query}")).status_code == 400

    def test_a_page_costs_one_query(self, django_assert_num_queries: Any) -> None:
        OutboxEvent.objects.bulk_create(OutboxEvent(topic=name, payload={}) for name in "abc")
        with django_assert_num_queries(1):
            Events.as_view()(ask.get("/?limit=2"))


@pytest.mark.django_db
class TestBox:
    @pytest.mark.parametrize(
        ("box", "count"), [("-2.5,34.5,-2.2,35", 1), ("-2.35,34.9,-2.34,34.91", 1), ("0,0,1,1", 0)]
    )
    def test_what_a_box_intersects_is_kept(self, box: str, count: int) -> None:
        area = Polygon.from_bbox((-2.4, 34.8, -2.3, 35.0))
        cast.operator(service_area=MultiPolygon(area))
        view = Places()
        view.setup(ask.get(f"/?bbox={box}"))
        view.request = view.initialize_request(view.request)
        assert view.filter_queryset(view.get_queryset()).count() == count

    @pytest.mark.parametrize("box", ["1,2,3", "a,b,c,d", "2,0,1,1", "0,0,181,1", "nan,0,1,1", "0,0,inf,1"])
    def test_a_box_that_is_none_is_refused(self, box: str) -> None:
        with pytest.raises(ValidationError):
            parse_bbox(box)


def send(key: str | None, topic: str = "x", **extra: Any) -> Response:
    headers = {"Idempotency-Key": key} if key else {}
    return Events.as_view()(ask.post("/", {"topic": topic, **extra}, format="json", headers=headers))


@pytest.mark.django_db
class TestRetries:
    def test_a_retry_gets_the_first_answer_and_changes_nothing(self) -> None:
        key = str(uuid4())
        first, second = send(key), send(key)
        assert (first.status_code, second.status_code) == (201, 201)
        assert first.data["id"] == second.data["id"]
        assert second["Idempotency-Replayed"] == "true"
        assert OutboxEvent.objects.count() == 1

    def test_the_same_key_with_another_content_is_refused(self) -> None:
        key = str(uuid4())
        send(key)
        assert send(key, "y").status_code == 422
        assert OutboxEvent.objects.count() == 1

    def test_a_refused_request_may_be_corrected_under_its_key(self) -> None:
        key = str(uuid4())
        assert send(key, "t" * 100).status_code == 400
        assert send(key).status_code == 201

    def test_while_the_first_is_worked_on_the_second_waits(self) -> None:
        key = str(uuid4())
        send(key)
        IdempotencyRecord.objects.update(status=None, body=None)
        assert send(key).status_code == 409

    def test_without_a_key_each_write_counts(self) -> None:
        send(None)
        send(None)
        assert OutboxEvent.objects.count() == 2

    def test_a_key_that_is_too_short_is_refused(self) -> None:
        assert send("1").status_code == 400

    def test_files_count_by_their_content(self) -> None:
        got: list[bytes] = []

        class Upload(APIView):
            permission_classes = [AllowAny]
            authentication_classes: list[Any] = []

            @idempotent
            def post(self, request: Request) -> Response:
                got.append(request.data["photo"].read())
                return Response({"n": len(got)}, status=201)

        def upload(content: bytes, key: str) -> Response:
            photo = SimpleUploadedFile("p.jpg", content)
            return Upload.as_view()(ask.post("/", {"photo": photo}, headers={"Idempotency-Key": key}))

        key = str(uuid4())
        assert upload(b"one", key).status_code == 201
        assert upload(b"one", key).data == {"n": 1}
        assert upload(b"two", key).status_code == 422
        assert got == [b"one"]


@pytest.mark.django_db(transaction=True)
def test_two_at_once_make_one_change() -> None:
    key, statuses = str(uuid4()), []

    def post() -> None:
        try:
            statuses.append(send(key).status_code)
        finally:
            connection.close()

    phones = [Thread(target=post) for _ in range(6)]
    for phone in phones:
        phone.start()
    for phone in phones:
        phone.join()
    assert set(statuses) <= {201, 409}
    assert 201 in statuses
    assert OutboxEvent.objects.count() == 1
