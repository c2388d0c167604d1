"""Lists and details ask the database as often for twenty as for one."""

from __future__ import annotations

from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from backend.core.models import User
from maintenance import queries, services
from tests.factories import maintenance as make
from tests.integration.maintenance.conftest import Town, signed_in

pytestmark = pytest.mark.django_db
BUDGETS = {
    "/api/v1/reports/": 4,
    "/api/v1/incidents/": 4,
    "/api/v1/work-orders/": 4,
    "/api/v1/incident-proposals/": 6,
}


def asked(url: str, user: User) -> int:
    client = signed_in(User.objects.get(pk=user.pk))
    with CaptureQueriesContext(connection) as captured:
        assert client.get(url).status_code == 200
    return len(captured)


def one_of_each(town: Town, place: tuple[float, float]) -> Any:
    """Add a report, an incident with an order, and a proposal to extend it."""
    incident = make.incident(town.hicham, make.report(place))
    order = make.order(town.hicham, incident)
    services.assign(order=order, technician=town.samira, actor=town.hicham, version=order.version)
    services.consider_report(make.report(place).pk)
    return incident, order


@pytest.mark.parametrize("url", BUDGETS)
def test_a_list_stays_within_its_budget_however_long(town: Town, url: str) -> None:
    one_of_each(town, make.NEAR_B)
    short = asked(url, town.hicham)
    for _ in range(4):
        one_of_each(town, make.NEAR_D)
    assert asked(url, town.hicham) == short <= BUDGETS[url]


def test_details_stay_within_theirs(town: Town) -> None:
    incident, order = one_of_each(town, make.NEAR_B)
    for _ in range(3):
        services.link_report(incident=incident, report=make.report(), actor=town.hicham)
    for name, read in {
        "incident": lambda user: queries.incident_detail(user, incident.pk),
        "order": lambda user: queries.order_detail(user, order.pk),
        "board": queries.dispatch_board,
    }.items():
        user = User.objects.get(pk=town.hicham.pk)
        with CaptureQueriesContext(connection) as captured:
            read(user)
        assert len(captured) <= 10, name
