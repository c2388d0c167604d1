"""A supervisor brings a file: sent, checked, mended, and written only once that is said."""

from __future__ import annotations

import html
import json
from pathlib import Path
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from backend.core.models import User
from gis.models import ImportJob, ImportRecord, Link, Network, Zone
from gis.services import assign_jurisdiction, import_jobs, run_undo
from tests.factories import core as cast
from tests.factories.gis import built, customers, square, zone
from tests.integration.webmap.pages.conftest import signed_in

pytestmark = pytest.mark.django_db

MODEL = """[JUNCTIONS]
a 10 0
b 12 5
[RESERVOIRS]
R 60
[PIPES]
p1 R a 100 200 120 0 Open
p2 a b 100 150 120 0 Open
{more}
[OPTIONS]
UNITS LPS
HEADLOSS H-W
[COORDINATES]
R 0 0
a 100 0
b 200 0
[END]
"""
ANSWERS = {
    "network": "+",
    "code": "rue",
    "name_fr": "Rue",
    "name_ar": "شارع",
    "file_format": "epanet",
    "lon": "-2,32",
    "lat": "34.92",
}


@pytest.fixture
def salma() -> Client:
    user = cast.salma()
    assign_jurisdiction(user=user)
    return signed_in(user)


def model(more: str = "") -> SimpleUploadedFile:
    return SimpleUploadedFile("rue.inp", MODEL.format(more=more).encode())


def sent(browser: Client, file: SimpleUploadedFile) -> str:
    """Send a file as a browser without scripts does; return the page of its job."""
    answer = browser.post("/network/import/", {"file": file})
    assert answer.status_code == 302
    return str(answer["Location"])


def work(browser: Client, page: str, **answers: Any) -> str:
    """Answer the questions, let the worker do its part, and return the page then."""
    answer = browser.post(page, ANSWERS | answers)
    assert answer.status_code == 302, answer.content.decode()
    worker()
    return browser.get(page).content.decode()


def worker() -> None:
    for job in ImportJob.objects.filter(state__in=["checking", "importing"]):
        import_jobs.run(job.pk)


def test_a_file_is_checked_and_written_only_once_confirmed(salma: Client) -> None:
    page = sent(salma, model())
    checked = work(salma, page)
    assert 'data-testid="import-checked"' in checked
    assert not Network.objects.exists()
    assert salma.post(f"{page}confirm/").status_code == 302
    assert 'data-testid="import-progress"' in salma.get(page).content.decode()
    worker()
    assert 'data-testid="import-done"' in salma.get(page).content.decode()
    assert set(Link.objects.values_list("code", flat=True)) == {"p1", "p2"}
    record = ImportRecord.objects.get()
    assert (record.file_name, record.actor) == ("rue.inp", User.objects.get())
    assert 'data-testid="import-record"' in salma.get("/network/import/").content.decode()


def test_what_was_imported_already_is_said_and_offers_nothing_to_write(salma: Client) -> None:
    for _ in range(2):
        page = sent(salma, model())
        known = Network.objects.exists()
        told = work(salma, page, **({"network": "rue", "code": ""} if known else {}))
        salma.post(f"{page}confirm/")
        worker()
    assert 'data-testid="import-confirm"' not in told
    assert ImportRecord.objects.count() == 1


def test_refused_rows_are_named_and_the_sound_ones_can_be_written_alone(salma: Client) -> None:
    page = sent(salma, model("p3 b b 5 100 120 0 Open"))
    told = work(salma, page)
    assert "Conduite p3" in told
    assert "Commence et finit au même nœud" in told
    table = salma.get(f"{page}errors.csv").content.decode("utf-8-sig")
    assert table.splitlines()[1].startswith("Conduite p3,")
    salma.post(f"{page}confirm/", {"skip_errors": "1"})
    worker()
    assert set(Link.objects.values_list("code", flat=True)) == {"p1", "p2"}


def test_a_file_without_a_coordinate_system_raises_a_question(salma: Client) -> None:
    page = sent(salma, model())
    told = work(salma, page, lon="", lat="")
    assert 'data-testid="import-refusal"' in told
    assert "rien n’est deviné" in told.lower()
    assert 'value="rue"' in told
    assert 'data-testid="import-checked"' in work(salma, page)


def test_a_file_that_is_no_network_leaves_a_report_and_an_unchanged_database(salma: Client) -> None:
    page = sent(salma, SimpleUploadedFile("rue.inp", b"\x00\xff nothing"))
    assert 'data-testid="import-refusal"' in work(salma, page)
    assert salma.post(f"{page}confirm/").status_code == 409
    assert not Network.objects.exists()


def imported(browser: Client) -> ImportRecord:
    page = sent(browser, model())
    work(browser, page)
    browser.post(f"{page}confirm/")
    worker()
    return ImportRecord.objects.get()


def test_an_import_nothing_depends_on_can_be_undone_once(salma: Client) -> None:
    record = imported(salma)
    undo = f"/network/import/records/{record.pk}/undo/"
    assert undo in salma.get("/network/import/").content.decode()
    assert salma.post(undo)["Location"] == "/network/import/"
    assert Link.objects.exists()
    assert 'data-testid="import-undoing"' in salma.get("/network/import/").content.decode()
    assert "HX-Refresh" not in salma.get(undo).headers
    assert salma.post(undo).status_code == 409
    run_undo(record.pk)
    assert salma.get(undo)["HX-Refresh"] == "true"
    assert not Link.objects.exists()
    assert undo not in salma.get("/network/import/").content.decode()
    assert salma.post(undo).status_code == 404
    assert ImportRecord.objects.get().undone_by == User.objects.get()


def test_an_import_that_something_depends_on_stays_and_says_what(salma: Client) -> None:
    record = imported(salma)
    customers(Network.objects.get(), C1="a", C2="b")
    assert salma.post(f"/network/import/records/{record.pk}/undo/").status_code == 302
    run_undo(record.pk)
    told = salma.get("/network/import/").content.decode()
    assert 'data-testid="import-undo-refused"' in told
    assert "points de raccordement: 2" in told.lower()
    assert 'data-testid="import-undo"' in told
    assert Link.objects.count() == 2


def square_file(name: str = "secteurs.geojson") -> SimpleUploadedFile:
    ring = [[-2.32, 34.92], [-2.31, 34.92], [-2.31, 34.93], [-2.32, 34.92]]
    feature = {
        "type": "Feature",
        "properties": {"code": "dma-x", "nom": "Secteur X", "nom_ar": "القطاع"},
        "geometry": {"type": "Polygon", "coordinates": [ring]},
    }
    return SimpleUploadedFile(name, json.dumps({"type": "FeatureCollection", "features": [feature]}).encode())


def drafted(browser: Client, page: str) -> str:
    """Return the mapping that the page proposes."""
    text = browser.get(page).content.decode().split('name="mapping"')[1].split("</textarea>")[0]
    return html.unescape(text.split(">", 1)[1].lstrip("\n"))


def test_map_layers_are_described_with_a_mapping_to_start_from(salma: Client) -> None:
    page = sent(salma, square_file())
    mapping = drafted(salma, page)
    assert "model: zone" in mapping
    told = work(salma, page, file_format="vector", mapping=mapping, network="+", code="", lon="", lat="")
    assert 'data-testid="import-checked"' in told
    salma.post(f"{page}confirm/")
    worker()
    assert Zone.objects.get().name_fr == "Secteur X"
    record = ImportRecord.objects.get()
    assert (record.network, ImportJob.objects.get().record) == (None, record)


def test_a_table_without_a_system_asks_where_its_data_would_lie(salma: Client) -> None:
    built("R1 --p1-- a", code="rue")
    table = "code;x;y\nB1;781000;484000\nB2;781010;484010\n"
    page = sent(salma, SimpleUploadedFile("clients.csv", table.encode()))
    answers = {
        "file_format": "vector",
        "mapping": drafted(salma, page),
        "network": "rue",
        "lon": "",
        "lat": "",
    }
    told = work(salma, page, **answers)
    assert 'data-testid="import-refusal"' in told
    assert 'value="EPSG:26191"' in told.split('name="crs_choice"', 1)[1]
    told = work(salma, page, **answers, crs_choice="EPSG:26191")
    assert 'value="EPSG:26191"' in told
    assert "EPSG:26191" in ImportJob.objects.get().options["crs"]


def test_a_mapping_that_is_none_is_said_at_its_field(salma: Client) -> None:
    page = sent(salma, square_file())
    for wrong in ("", "layers: {", "layers: [{model: pipe}]"):
        answer = salma.post(page, ANSWERS | {"file_format": "vector", "mapping": wrong})
        assert answer.status_code == 422
        assert 'href="#id_mapping"' in answer.content.decode()


def test_a_mapping_of_a_field_that_is_not_there_is_refused_in_words(salma: Client) -> None:
    page = sent(salma, square_file())
    wrong = "layers: [{model: zone, code: nothing, kind: {value: dma}}]"
    told = work(salma, page, file_format="vector", mapping=wrong)
    assert 'data-testid="import-refusal"' in told
    assert "nothing" in told


@pytest.mark.parametrize(
    ("name", "content"), [("virus.exe", b"MZ"), ("rue.inp", b""), ("rue.vrt", b"<x/>"), ("inp", b"x")]
)
def test_a_kind_of_file_that_is_not_read_here_is_refused_at_the_door(
    salma: Client, name: str, content: bytes
) -> None:
    answer = salma.post("/network/import/", {"file": SimpleUploadedFile(name, content)})
    assert answer.status_code in {400, 422}
    assert not ImportJob.objects.exists()


def test_a_large_file_comes_in_pieces_and_goes_on_where_it_stopped(salma: Client) -> None:
    content = MODEL.format(more="").encode()
    said = {"file_name": "../../..\\rue.inp", "size_bytes": len(content), "fingerprint": "1"}
    begun = salma.post("/network/import/", said).json()
    assert piece(salma, begun["pieces"], 0, content[:50]) == (200, 50)
    assert piece(salma, begun["pieces"], 90, content[90:]) == (409, 50)
    again = salma.post("/network/import/", said).json()
    assert (again["page"], again["received"]) == (begun["page"], 50)
    assert piece(salma, begun["pieces"], 50, content[50:] + b"more") == (400, 50)
    assert piece(salma, begun["pieces"], 50, content[50:]) == (200, len(content))
    assert piece(salma, begun["pieces"], 0, b"x")[0] == 409
    job = ImportJob.objects.get()
    assert (job.file_name, job.path.read_bytes()) == ("rue.inp", content)
    assert 'data-testid="import-checked"' in work(salma, begun["page"])


def piece(browser: Client, url: str, offset: int, content: bytes) -> tuple[int, int]:
    answer = browser.post(f"{url}?offset={offset}", content, content_type="application/octet-stream")
    return answer.status_code, answer.json()["received"]


def test_a_file_put_aside_is_gone_from_the_disk(
    salma: Client, django_capture_on_commit_callbacks: Any
) -> None:
    page = sent(salma, model())
    path: Path = ImportJob.objects.get().path
    assert path.exists()
    with django_capture_on_commit_callbacks(execute=True):
        assert salma.post(f"{page}discard/").status_code == 302
    assert not path.exists()
    assert salma.post(page, ANSWERS).status_code == 409


@pytest.mark.parametrize(
    ("wrong", "field"),
    [
        ({"code": ""}, "code"),
        ({"code": "a b"}, "code"),
        ({"name_ar": ""}, "name_ar"),
        ({"crs": "Lambert"}, "crs"),
        ({"lon": "200"}, "lon"),
        ({"lat": ""}, "lat"),
        ({"file_format": "dxf"}, "file_format"),
    ],
)
def test_an_answer_that_cannot_be_is_said_at_its_field(
    salma: Client, wrong: dict[str, str], field: str
) -> None:
    page = sent(salma, model())
    answer = salma.post(page, ANSWERS | wrong)
    assert answer.status_code == 422
    assert f'href="#id_{field}"' in answer.content.decode()


def test_a_worker_that_fails_leaves_nothing_and_the_file_can_be_tried_again(
    salma: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    page = sent(salma, model())

    def broken(**_: Any) -> None:
        raise RuntimeError("disk full")

    with monkeypatch.context() as patched:
        patched.setattr("gis.services.import_jobs.running.import_network", broken)
        assert 'data-testid="import-refusal"' in work(salma, page)
    assert 'data-testid="import-checked"' in work(salma, page)


def test_a_job_left_by_a_dead_worker_is_called_again_and_given_up_after_three_times(salma: Client) -> None:
    page = sent(salma, model())
    salma.post(page, ANSWERS)
    job = ImportJob.objects.get()
    ImportJob.objects.update(attempts=3)
    import_jobs.run(job.pk)
    job.refresh_from_db()
    assert (job.state, job.report["code"]) == ("failed", "gave_up")


def test_progress_is_told_while_the_import_runs(salma: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    page = sent(salma, model())
    salma.post(page, ANSWERS)
    job = ImportJob.objects.get()
    seen: list[str] = []
    importing = import_jobs.running.import_network

    def watched(*, progress: Any, **options: Any) -> Any:
        progress("links", 0, 2)
        seen.append(salma.get(page, headers={"HX-Request": "true"}).content.decode())
        return importing(progress=progress, **options)

    monkeypatch.setattr("gis.services.import_jobs.running.import_network", watched)
    import_jobs.run(job.pk)
    assert "0 / 2" in seen[0]
    assert "<h1" not in seen[0]
    assert salma.get(page, headers={"HX-Request": "true"})["HX-Refresh"] == "true"


def test_only_editors_who_answer_for_everywhere_may_import() -> None:
    zone("dma-b", square(-2.3185, 34.9195))
    zineb = cast.person("zineb", "supervisor")
    assign_jurisdiction(user=zineb, zone_code="dma-b")
    assert signed_in(zineb).get("/network/import/").status_code == 403
    for role in ("dispatcher", "analyst", "technician", "citizen"):
        person = cast.person(f"some-{role}", role)
        assign_jurisdiction(user=person)
        assert signed_in(person).get("/network/import/").status_code == 403
