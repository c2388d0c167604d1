"""Programs get problems, people get pages, whatever went wrong."""

from __future__ import annotations

from typing import Any

import pytest
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.test import Client, override_settings
from django.urls import include, path
from rest_framework.permissions import AllowAny, IsAuthenticated
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from backend.config import urls as platform_urls
from backend.core.decorators import role_required
from backend.core.errors import NotFound, TransitionForbidden
from backend.core.permissions import HasRole
from tests.factories import core as cast

pytestmark = pytest.mark.django_db


class Open(APIView):
    permission_classes = [AllowAny]

    def post(self, request: Request) -> Response:
        return Response(request.data)

    def get(self, request: Request) -> Response:
        if request.query_params.get("conflict"):
            raise TransitionForbidden(current="planned", version=3, allowed=["dispatched"])
        raise RuntimeError("a secret detail")


class Signed(APIView):
    permission_classes = [IsAuthenticated]

    def post(self, request: Request) -> Response:
        return Response({})


class ForDispatchers(APIView):
    permission_classes = [HasRole("dispatcher")]

    def get(self, request: Request) -> Response:
        return Response({"ok": True})


def page(request: HttpRequest) -> HttpResponse:
    errors = {"403": PermissionDenied, "500": RuntimeError, "404": NotFound}
    raise errors[request.GET["status"]]("Not yours." if request.GET["status"] == "404" else "a secret detail")


@role_required("technician")
def technicians_page(request: HttpRequest) -> HttpResponse:
    return HttpResponse("tools")


urlpatterns = [
    path("api/v1/open/", Open.as_view()),
    path("api/v1/signed/", Signed.as_view()),
    path("api/v1/dispatchers/", ForDispatchers.as_view()),
    path("page/", page),
    path("technicians/", technicians_page),
    path("", include(platform_urls)),
]
handler400, handler403 = platform_urls.handler400, platform_urls.handler403
handler404, handler500 = platform_urls.handler404, platform_urls.handler500


@pytest.fixture(autouse=True)
def routes() -> Any:
    with override_settings(ROOT_URLCONF=__name__):
        yield


@pytest.fixture
def outsider() -> Client:
    return Client(raise_request_exception=False)


def assert_problem(response: Any, status: int, code: str) -> dict[str, Any]:
    assert response.status_code == status
    assert response["Content-Type"] == "application/problem+json"
    body: dict[str, Any] = response.json()
    assert (body["status"], body["code"]) == (status, code)
    assert body["type"].endswith(code)
    assert body["title"]
    return body


def test_an_unknown_address_under_the_api(outsider: Client) -> None:
    assert_problem(outsider.get("/api/v1/nothing/"), 404, "not_found")


def test_a_fault_of_ours_says_nothing_of_its_cause(outsider: Client) -> None:
    response = outsider.get("/api/v1/open/")
    assert_problem(response, 500, "error")
    assert b"secret" not in response.content


def test_a_method_that_does_not_exist(outsider: Client) -> None:
    assert_problem(outsider.delete("/api/v1/open/"), 405, "method_not_allowed")


def test_json_that_cannot_be_read(outsider: Client) -> None:
    assert_problem(outsider.post("/api/v1/open/", "{", content_type="application/json"), 400, "invalid")


def test_a_kind_of_content_nobody_reads(outsider: Client) -> None:
    assert_problem(
        outsider.post("/api/v1/open/", "x", content_type="text/csv"), 415, "unsupported_media_type"
    )


def test_a_form_from_elsewhere() -> None:
    careful = Client(enforce_csrf_checks=True)
    careful.force_login(cast.salma())
    assert_problem(careful.post("/api/v1/signed/", {}), 403, "forbidden")


def test_a_forbidden_change_says_what_is_allowed(outsider: Client) -> None:
    body = assert_problem(outsider.get("/api/v1/open/?conflict=1"), 409, "transition_forbidden")
    assert (body["current"], body["version"], body["allowed"]) == ("planned", 3, ["dispatched"])


def test_problems_are_worded_in_the_callers_language(outsider: Client) -> None:
    answers = {
        code: outsider.get("/api/v1/nothing/", headers={"Accept-Language": code})
        for code in ("fr", "ar", "en")
    }
    titles = {code: answer.json()["title"] for code, answer in answers.items()}
    assert titles["fr"].startswith("Il n’y a rien")
    assert "لا يوجد" in titles["ar"]
    assert titles["en"].startswith("There is nothing")


def test_a_role_opens_an_endpoint(client: Client) -> None:
    assert_problem(client.get("/api/v1/dispatchers/"), 401, "not_authenticated")
    french = client.get("/api/v1/dispatchers/", headers={"Accept-Language": "fr"})
    assert french.json()["title"].startswith("Vous n’êtes pas connecté")
    client.force_login(cast.samira())
    assert_problem(client.get("/api/v1/dispatchers/"), 403, "forbidden")
    client.force_login(cast.hicham())
    assert client.get("/api/v1/dispatchers/").json() == {"ok": True}


def test_a_role_opens_a_page(client: Client) -> None:
    assert client.get("/technicians/?day=1")["Location"] == "/accounts/login/?next=/technicians/%3Fday%3D1"
    client.force_login(cast.hicham())
    refused = client.get("/technicians/")
    assert refused.status_code == 403
    assert "Hicham Bennani" in refused.content.decode()
    client.force_login(cast.samira())
    assert client.get("/technicians/").content == b"tools"


def test_what_a_service_refuses_is_a_page_too(outsider: Client) -> None:
    response = outsider.get("/page/?status=404")
    assert response.status_code == 404
    assert "Not yours." in response.content.decode()


@pytest.mark.parametrize("status", [403, 404, 500])
def test_people_get_a_page_of_ours(outsider: Client, status: int) -> None:
    response = outsider.get("/nothing/" if status == 404 else f"/page/?status={status}")
    assert response.status_code == status
    text = response.content.decode()
    assert "<h1" in text
    assert "secret" not in text
    assert 'lang="fr"' in text
