"""Nothing is shown before someone read it, and nobody is known for ever."""

from __future__ import annotations

from datetime import timedelta

import pytest

from backend.core import clock
from backend.core.errors import PermissionRefused
from backend.core.models import AuditEntry
from maintenance import queries, services
from maintenance.models import Report
from tests.factories import core as cast
from tests.factories import maintenance as make
from tests.integration.maintenance.conftest import Town, signed_in

pytestmark = pytest.mark.django_db


def test_a_report_waits_to_be_read_and_the_decision_is_written_down(town: Town) -> None:
    report = make.report(text="insultes")
    assert report.moderation == "pending"
    url = f"/api/v1/reports/{report.reference}/moderation/"
    answer = signed_in(town.hicham).post(url, {"decision": "withheld"}, format="json")
    assert answer.json()["moderation"] == "withheld"
    assert AuditEntry.objects.get(subject=f"report:{report.pk}").actor == town.hicham


def test_a_withheld_text_does_not_go_to_the_field(town: Town) -> None:
    report = make.report(text="insultes")
    order = make.order(town.hicham, make.incident(town.hicham, report))
    assert queries.order_detail(town.hicham, order.pk).reports == ("insultes",)
    services.moderate_report(report=report, decision="withheld", actor=town.hicham)
    assert queries.order_detail(town.hicham, order.pk).reports == ()


def test_a_technician_moderates_nothing(town: Town) -> None:
    with pytest.raises(PermissionRefused):
        services.moderate_report(report=make.report(), decision="approved", actor=town.samira.user)


def test_who_reported_is_forgotten_a_year_after_the_end(town: Town) -> None:
    fatima = cast.fatima()
    old, recent, waiting = (make.report(phone="0612345678", reporter=fatima) for _ in range(3))
    for report in (old, recent):
        services.transition_report(report=report, to="rejected", actor=town.hicham, reason="doublon")
    a_year_ago = clock.now() - timedelta(days=366)
    Report.objects.filter(pk__in=[old.pk, waiting.pk]).update(state_at=a_year_ago)
    assert services.forget_reporters() == 1
    old.refresh_from_db()
    assert (old.phone, old.reporter) == ("", None)
    assert Report.objects.filter(phone="+212612345678").count() == 2
    assert services.forget_reporters() == 0


def test_a_phone_is_shown_to_who_serves_the_public_only(town: Town) -> None:
    report = make.report(phone="0612345678")
    analyst = make.at_the_desk(cast.leila())
    assert queries.report_detail(town.hicham, report.reference).phone == "+212612345678"
    assert queries.report_detail(analyst, report.reference).phone == ""
