"""One fault of a feeder is one line: the transformers under it come as its consequences."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest
from django.db import transaction

from backend.core import clock
from gis.models import Link, Network
from gis.services import set_link_state
from gis.services.writing import write_links, write_nodes
from telemetry.domain.alarms import Change
from telemetry.models import Alarm, AlarmGroup, AlarmRule
from telemetry.services.alarms import group_alarm
from telemetry.services.alarms.transitions import follow_condition
from tests.factories import telemetry
from tests.factories.gis import drawn_rows

pytestmark = pytest.mark.django_db
NOW = clock.now()


FEEDERS = """
R1 ##f1## a ++l1++ b ++l2++ c
R1 ##f2## d ++l3++ e
a ~~t1~~ s1
b ~~t2~~ s2
c ~~t3~~ s3
e ~~t4~~ s4
"""


@pytest.fixture
def feeders() -> Network:
    network = Network.objects.create(code="mv", utility="electricity", name_fr="MT", name_ar="جهد")
    rows = drawn_rows(FEEDERS)
    with transaction.atomic():
        write_nodes(network, rows.nodes)
        write_links(network, rows.links)
    return network


def rule_at(network: Network, code: str) -> AlarmRule:
    link = Link.objects.get(network=network, code=code)
    sensor = telemetry.sensor(telemetry.device(f"M-{code}"), "voltage_v", "voltage", "V", link=link)
    return telemetry.low_limit(sensor)


def raise_(rule: AlarmRule, after_s: float) -> Alarm:
    at: datetime = NOW + timedelta(seconds=after_s)
    alarm = follow_condition(rule=rule, change=Change(True, at, 0.0))
    assert alarm is not None
    group_alarm(alarm.pk)
    return Alarm.objects.get(pk=alarm.pk)


def opens(network: Network, code: str) -> None:
    link = Link.objects.get(network=network, code=code)
    assert set_link_state(link_id=link.pk, state="open", at=clock.now())


@pytest.mark.parametrize("trips", [False, True], ids=["closed", "open"])
@pytest.mark.parametrize("order", ["f1 t1 t2 t3", "t3 t2 f1 t1", "t2 t1 t3 f1"])
def test_a_feeder_that_fails_is_one_line_with_its_transformers_under_it(
    feeders: Network, trips: bool, order: str
) -> None:
    rules = {code: rule_at(feeders, code) for code in order.split()}
    if trips:
        opens(feeders, "f1")
    raised = {code: raise_(rules[code], 5 * place) for place, code in enumerate(order.split())}
    group = AlarmGroup.objects.get()
    assert group.members.count() == 4
    assert group.root_id == raised["f1"].pk


@pytest.mark.parametrize("trips", [False, True], ids=["closed", "open"])
def test_what_fails_on_another_feeder_is_another_line(feeders: Network, trips: bool) -> None:
    first, other = rule_at(feeders, "t1"), rule_at(feeders, "t4")
    if trips:
        opens(feeders, "f1")
    raise_(first, 0)
    raise_(other, 5)
    assert not AlarmGroup.objects.exists()


def test_transformers_alone_are_one_line_by_the_switch_that_feeds_them(feeders: Network) -> None:
    rules = [rule_at(feeders, code) for code in ("t2", "t3")]
    last = [raise_(rule, 5 * place) for place, rule in enumerate(rules)][-1]
    assert AlarmGroup.objects.get().members.count() == 2
    assert last.group_why == {"why": "same_device", "name": "f1"}
