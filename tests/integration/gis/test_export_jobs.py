"""Files of large networks are written by the worker, and kept for a day for who asked."""

from __future__ import annotations

import json
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from django.test import Client

from backend.core import clock
from backend.core.models import AuditEntry, User
from gis.models import ExportJob
from gis.services import assign_jurisdiction, export_jobs
from tests.factories import core as cast
from tests.factories.gis import built

pytestmark = pytest.mark.django_db
EXPORTS = "/api/v1/networks/rue/exports/"


@pytest.fixture
def salma(settings: Any, tmp_path: Path) -> User:
    settings.MEDIA_ROOT = str(tmp_path)
    built("R1 --p1-- a --p2-- b")
    user = cast.salma()
    assign_jurisdiction(user=user)
    return user


def signed_in(user: User) -> Client:
    client = Client()
    client.force_login(user)
    return client


def test_a_file_is_asked_for_written_by_the_worker_and_taken_away(salma: User) -> None:
    client = signed_in(salma)
    asked = client.post(EXPORTS, {"format": "geojson"}, content_type="application/json")
    assert asked.status_code == 202
    place = asked["Location"]
    assert client.post(EXPORTS, {"format": "geojson"}, content_type="application/json")["Location"] == place
    assert (client.get(place).json()["state"], client.get(place).json()["file"]) == ("waiting", None)
    assert client.get(f"{place}file/").status_code == 404
    export_jobs.run_export(ExportJob.objects.get().pk)
    export_jobs.run_export(ExportJob.objects.get().pk)
    said = client.get(place).json()
    assert (said["state"], said["counts"]["links"], said["file"]) == ("done", 2, f"{place}file/")
    answer = client.get(said["file"])
    assert answer["Content-Disposition"] == 'attachment; filename="rue.geojson"'
    assert len(json.loads(answer.getvalue())["features"]) == 5
    assert AuditEntry.objects.filter(action="gis.network_exported", actor=salma).count() == 1


def test_a_file_is_nobody_else_s_and_is_gone_after_its_day(salma: User) -> None:
    job = ExportJob.objects.get(pk=asked_for(salma))
    export_jobs.run_export(job.pk)
    job.refresh_from_db()
    file = export_jobs.file_of(job)
    place = f"/api/v1/exports/{job.public_id}/file/"
    other = cast.person("zineb", "supervisor")
    assert signed_in(other).get(place).status_code == 404
    assert len(signed_in(salma).get(place).getvalue()) == file.stat().st_size
    assert export_jobs.sweep_exports() == 0
    ExportJob.objects.update(changed_at=clock.now() - timedelta(hours=25))
    assert signed_in(salma).get(place).status_code == 404
    assert file.exists()
    assert export_jobs.sweep_exports() == 1
    assert not file.parent.exists()
    assert not ExportJob.objects.exists()


def test_what_cannot_be_written_is_refused_at_once_or_told_by_the_job(salma: User) -> None:
    client = signed_in(salma)
    for wrong in ({"format": "dxf"}, {"crs": "EPSG:0"}, {"layers": ["secrets"]}):
        assert client.post(EXPORTS, wrong, content_type="application/json").status_code == 400
    assert client.post(EXPORTS.replace("rue", "nowhere")).status_code == 404
    built("", code="vide")
    number = asked_for(salma, network="vide", file_format="epanet")
    export_jobs.run_export(number)
    job = ExportJob.objects.get(pk=number)
    assert (job.state, job.report["code"]) == ("refused", "unexportable")


def test_a_large_network_is_not_written_while_somebody_waits(
    salma: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("gis.api.exports.MOST_AT_ONCE", 4)
    answer = signed_in(salma).get("/api/v1/networks/rue/export/")
    assert (answer.status_code, answer.json()["code"]) == (409, "export_too_large")


def test_the_page_asks_for_a_large_network_and_shows_how_far_its_file_is(
    salma: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("webmap.views.network.index.MOST_AT_ONCE", 4)
    client = signed_in(salma)
    assert 'name="as" value="geopackage"' in client.get("/network/").content.decode()
    page = client.post("/network/export/", {"network": "rue", "as": "geopackage"})["Location"]
    assert 'data-testid="export-progress"' in client.get(page).content.decode()
    export_jobs.run_export(ExportJob.objects.get().pk)
    told = client.get(page).content.decode()
    assert 'data-testid="export-done"' in told
    assert f"/api/v1/exports/{ExportJob.objects.get().public_id}/file/" in told
    assert client.post("/network/export/", {"network": "rue", "as": "dxf"}).status_code == 422


def asked_for(user: User, *, network: str = "rue", file_format: str = "geopackage") -> int:
    from gis.queries.export_jobs import network_of

    return export_jobs.ask_export(network=network_of(network), actor=user, file_format=file_format).pk
