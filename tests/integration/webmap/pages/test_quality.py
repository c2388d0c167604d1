"""The quality page: what is wrong, in words; repaired, set aside and taken back from there."""

from __future__ import annotations

from typing import Any

import pytest

from backend.core.models import User
from gis import tasks
from gis.models import Link, QualityFinding
from gis.services import assign_jurisdiction, check_networks
from gis.services.quality import repair_finding
from tests.factories import core as cast
from tests.factories.gis import built
from tests.integration.gis.test_quality_checks import EDGE, at, pipe
from tests.integration.webmap.pages.conftest import signed_in

pytestmark = pytest.mark.django_db

PAGE = "/network/quality/"


def boss() -> User:
    """Return a supervisor who sees everywhere."""
    salma = cast.salma()
    assign_jurisdiction(user=salma)
    return salma


@pytest.fixture
def found() -> QualityFinding:
    network = built(EDGE)
    pipe(network, "p9", "x", "y", at(50, 0.3), at(50, 60))
    check_networks()
    return QualityFinding.objects.get(check_code="unsnapped_end")


def text(client: Any, query: str = "") -> str:
    return str(client.get(PAGE + query).content.decode())


def test_findings_wait_in_words_with_their_repair(found: QualityFinding) -> None:
    page = text(signed_in(boss()))
    assert page.count('data-testid="finding-row"') == QualityFinding.objects.count()
    row = page.split(f'id="finding-{found.pk}"')[1].split("</li>")[0]
    assert "s’arrête à 0,30 m d’un élément" in row
    assert "Raccorder ici" in row
    assert 'data-extent="-2.319' in page


def test_the_list_is_narrowed_by_check_network_and_state(found: QualityFinding) -> None:
    salma = signed_in(boss())
    assert text(salma, "?check=unsnapped_end").count('data-testid="finding-row"') == 1
    assert text(salma, "?network=ailleurs").count('data-testid="finding-row"') == 0
    assert "Rien à réparer" in text(salma, "?network=-")
    assert text(salma, "?state=ignored").count('data-testid="finding-row"') == 0
    assert text(salma, f"?finding={found.pk}").count('data-testid="finding-row"') == 1


def test_a_long_list_is_read_page_by_page(found: QualityFinding, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("webmap.views.network.findings.PAGE", 2)
    salma = signed_in(boss())
    first = text(salma)
    assert first.count('data-testid="finding-row"') == 2
    second = text(salma, first.split('rel="next" href="')[1].split('"')[0].replace("&amp;", "&"))
    assert second.count('data-testid="finding-row"') >= 1
    assert set(_ids(first)).isdisjoint(_ids(second))


def test_a_repair_is_made_from_its_row_told_and_undone(found: QualityFinding) -> None:
    salma = signed_in(boss())
    sent = {"version": 1, "shown": "?state=open&check=unsnapped_end"}
    answer = salma.post(f"{PAGE}{found.pk}/repair/", sent)
    assert answer["Location"] == f"{PAGE}?state=open&check=unsnapped_end"
    assert "Réparé." in text(salma)
    repaired = text(salma, "?state=repaired")
    assert "Salma Alami" in repaired
    assert "Annuler la réparation" in repaired
    salma.post(f"{PAGE}{found.pk}/reopen/", {"version": 2})
    assert not Link.objects.filter(code="p1-2").exists()


def test_a_stale_page_changes_nothing_and_says_so(found: QualityFinding) -> None:
    salma = signed_in(boss())
    salma.post(f"{PAGE}{found.pk}/repair/", {"version": 9})
    assert "entre-temps" in text(salma)
    assert QualityFinding.objects.get(pk=found.pk).state == "open"


def test_those_ticked_are_repaired_or_ignored_together(found: QualityFinding) -> None:
    salma = signed_in(boss())
    ids = list(QualityFinding.objects.values_list("pk", flat=True))
    salma.post(f"{PAGE}decide/", {"ids": ids, "action": "repair"})
    told = text(salma)
    assert "1 anomalie traitée." in told
    assert "Laissées telles quelles" in told
    still = list(QualityFinding.objects.filter(state="open").values_list("pk", flat=True))
    salma.post(f"{PAGE}decide/", {"ids": still, "action": "ignore", "reason": ""})
    assert QualityFinding.objects.filter(state="open").count() == len(still), "a reason is needed"
    salma.post(
        f"{PAGE}decide/", {"all": "1", "action": "ignore", "reason": "Bouchon posé", "shown": "?state=open"}
    )
    assert not QualityFinding.objects.filter(state="open").exists()
    assert "Bouchon posé" in text(salma, "?state=ignored")


def test_more_than_a_person_waits_for_are_repaired_by_the_worker(
    found: QualityFinding, monkeypatch: pytest.MonkeyPatch
) -> None:
    handed: list[tuple[Any, ...]] = []
    monkeypatch.setattr("webmap.views.network.quality.MOST_AT_ONCE", 0)
    monkeypatch.setattr(tasks.repair_findings, "apply_async", lambda given, **how: handed.append(given))
    salma = signed_in(boss())
    salma.post(f"{PAGE}decide/", {"all": "1", "action": "repair", "shown": "?check=unsnapped_end"})
    assert "en arrière-plan" in text(salma)
    assert tasks.repair_findings(*handed[0]) == 1
    assert QualityFinding.objects.get(pk=found.pk).state == "repaired"


def test_a_check_is_asked_for_with_its_tolerance(monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[tuple[Any, ...]] = []
    monkeypatch.setattr(tasks.check_networks, "apply_async", lambda given, **how: asked.append(given))
    person = boss()
    salma = signed_in(person)
    salma.post(f"{PAGE}check/", {"network": "rue", "tolerance": "1,5"})
    salma.post(f"{PAGE}check/", {"tolerance": "80"})
    assert asked == [("rue", 1.5, person.pk)]
    assert "entre 0 et 10 mètres" in text(salma)


def test_what_was_never_checked_is_not_told_to_be_right(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(tasks.check_networks, "apply_async", lambda given, **how: None)
    built(EDGE)
    salma = signed_in(boss())
    never = text(salma)
    assert "Pas encore contrôlé" in never
    assert "Rien à réparer" not in never
    assert 'data-testid="check-first"' in never
    assert 'data-extent="-2.32' in never, "the map opens on the networks"
    salma.post(f"{PAGE}check/", {})
    assert 'data-testid="check-running"' in text(salma)
    asked = {"HX-Request": "true"}
    assert "HX-Refresh" not in salma.get(PAGE, headers=asked)
    check_networks()
    assert salma.get(PAGE, headers=asked)["HX-Refresh"] == "true"
    assert "Dernier contrôle" in text(salma)
    assert "Pas encore contrôlé" in text(salma, "?network=ailleurs")


def test_several_of_one_kind_are_repaired_by_the_name_of_the_repair(found: QualityFinding) -> None:
    salma = signed_in(boss())
    page = text(salma, "?check=dangling_end")
    assert 'value="repair:cap_end"' in page
    ids = list(QualityFinding.objects.filter(check_code="dangling_end").values_list("pk", flat=True))
    salma.post(f"{PAGE}decide/", {"ids": ids, "action": "repair"})
    assert "sur le terrain" in text(salma)
    salma.post(f"{PAGE}decide/", {"ids": ids, "action": "repair:cap_end"})
    assert QualityFinding.objects.filter(check_code="dangling_end", state="repaired").count() == len(ids)


def test_an_island_is_joined_or_said_to_stand_apart(found: QualityFinding) -> None:
    salma = signed_in(boss())
    island = QualityFinding.objects.get(check_code="island")
    row = text(salma).split(f'id="finding-{island.pk}"')[1].split("</li>")[0]
    assert "Raccorder ici" in row
    assert "Il est isolé à dessein" in row
    salma.post(f"{PAGE}{island.pk}/repair/", {"version": 1, "repair": "separate_island"})
    assert QualityFinding.objects.get(pk=island.pk).repair == "separate_island"


def test_readers_see_what_is_wrong_and_decide_nothing(found: QualityFinding) -> None:
    dispatcher = cast.hicham()
    assign_jurisdiction(user=dispatcher)
    hicham = signed_in(dispatcher)
    page = text(hicham)
    assert "Extrémité non accrochée" in page
    assert "Raccorder ici" not in page
    assert hicham.post(f"{PAGE}{found.pk}/repair/", {"version": 1}).status_code == 403


def test_a_repaired_finding_of_the_worker_names_nobody(found: QualityFinding) -> None:
    salma = boss()
    repair_finding(finding=found, actor=salma)
    assert QualityFinding.objects.filter(state="gone").exists()
    assert text(signed_in(salma), "?state=gone").count("N’est plus constaté") >= 2


def _ids(page: str) -> list[str]:
    return [part.split('"')[0] for part in page.split(' id="finding-')[1:]]
