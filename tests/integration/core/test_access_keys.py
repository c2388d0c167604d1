"""Access keys let GIS software read in a person's name, and nothing more."""

from __future__ import annotations

from base64 import b64encode
from datetime import timedelta
from typing import Any

import pytest
from django.test import Client

from backend.core import clock
from backend.core.models import AccessKey, AuditEntry, RoleAssignment
from backend.core.services.access_keys import make_access_key, withdraw_access_key
from gis.services import assign_jurisdiction
from tests.factories.core import PASSWORD, fatima, hicham, salma

pytestmark = pytest.mark.django_db

NODES = "/ogc/collections/nodes/items"


def ask(username: str, password: str, path: str = NODES, method: str = "get") -> Any:
    pair = b64encode(f"{username}:{password}".encode()).decode()
    return getattr(Client(), method)(path, headers={"authorization": f"Basic {pair}"})


@pytest.fixture
def key() -> str:
    user = salma()
    assign_jurisdiction(user=user)
    return make_access_key(user=user, name="QGIS", days=30)[1]


def test_a_key_reads_features_and_tiles(key: str) -> None:
    assert ask("salma", key).status_code == 200
    assert ask("salma", key, "/tiles/nodes/14/8086/6488.mvt").status_code == 200
    assert AccessKey.objects.get().last_used_at is not None


def test_a_key_opens_nothing_else(key: str) -> None:
    assert ask("salma", key, "/api/v1/nodes/").status_code == 401
    assert ask("salma", key, "/api/v1/connection-points/").status_code == 401
    assert ask("salma", key, "/console/").status_code == 302
    assert ask("salma", key, NODES, "post").status_code == 405


def test_the_password_itself_is_never_taken(key: str) -> None:
    answer = ask("salma", PASSWORD)
    assert (answer.status_code, answer["WWW-Authenticate"]) == (401, 'Basic realm="Chabaka"')
    assert answer["Content-Type"] == "application/problem+json"


def test_a_key_goes_with_its_owner_alone(key: str) -> None:
    hicham()
    for username, password in (
        ("hicham", key),
        ("salma", key[:-1]),
        ("salma", ""),
        ("", key),
        ("nobody", key),
    ):
        assert ask(username, password).status_code == 401


def test_a_key_ends_with_its_time_its_withdrawal_and_its_owner(key: str) -> None:
    row = AccessKey.objects.get()
    AccessKey.objects.update(expires_at=clock.now() - timedelta(seconds=1))
    assert ask("salma", key).status_code == 401
    AccessKey.objects.update(expires_at=clock.now() + timedelta(days=1))
    assert ask("salma", key).status_code == 200
    RoleAssignment.objects.update(valid=("2020-01-01T00:00Z", "2021-01-01T00:00Z"))
    assert ask("salma", key).status_code == 403
    row.user.is_active = False
    row.user.save(update_fields=["is_active"])
    assert ask("salma", key).status_code == 401
    row.user.is_active = True
    row.user.save(update_fields=["is_active"])
    withdraw_access_key(user=row.user, key_id=row.pk)
    assert ask("salma", key).status_code == 401


def test_the_text_of_a_key_is_kept_nowhere(key: str) -> None:
    assert key not in str(AccessKey.objects.values()[0])
    assert key not in str(list(AuditEntry.objects.values()))
    assert {"core.access_key_made"} <= set(AuditEntry.objects.values_list("action", flat=True))


def test_someone_makes_a_key_sees_it_once_and_withdraws_it(client: Client) -> None:
    client.force_login(salma())
    made = client.post("/access-keys/", {"name": "My own laptop", "days": "90"})
    assert made.status_code == 201
    assert "no-store" in made["Cache-Control"]
    text = made.context["text"]
    assert text in made.content.decode()
    assert ask("salma", text).status_code == 200
    page = client.get("/access-keys/").content.decode()
    assert "My own laptop" in page
    assert text not in page
    row = AccessKey.objects.get()
    assert client.post(f"/access-keys/{row.pk}/withdraw/").status_code == 302
    assert "My own laptop" not in client.get("/access-keys/").content.decode()
    assert ask("salma", text).status_code == 401


@pytest.mark.parametrize("values", [{}, {"name": " ", "days": "90"}, {"name": "QGIS", "days": "9999"}])
def test_a_key_without_a_name_or_end_is_not_made(client: Client, values: dict[str, str]) -> None:
    client.force_login(salma())
    assert client.post("/access-keys/", values).status_code == 422
    assert not AccessKey.objects.exists()


def test_keys_are_for_staff_and_each_sees_their_own(client: Client, key: str) -> None:
    row = AccessKey.objects.get()
    client.force_login(hicham())
    assert client.post(f"/access-keys/{row.pk}/withdraw/").status_code == 404
    assert "QGIS" not in client.get("/access-keys/").content.decode().split("<h2")[-1]
    client.force_login(fatima())
    assert client.get("/access-keys/").status_code == 403
