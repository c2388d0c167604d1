"""Two processes of a shared group store the same set once; one that died finds its half when it returns."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from telemetry.models import Device, ReadingConflict, SequenceGap
from tests.factories import telemetry as factory
from tests.integration.telemetry.support import Broker, Field, Worker, wait_until
from tests.integration.telemetry.test_ingest_process import stored

pytestmark = [pytest.mark.long, pytest.mark.django_db(transaction=True), pytest.mark.timeout(170)]


@pytest.fixture
def members(broker: Broker) -> Iterator[list[Worker]]:
    share = ("--share", "group", "--member")
    both = [Worker("ingest_mqtt", *share, number, MQTT_URL=broker.url) for number in ("1", "2")]
    yield both
    for member in both:
        member.remove()


def test_two_members_store_the_same_set_once_also_where_one_dies_and_returns(
    field: Field, members: list[Worker]
) -> None:
    for code in ("PL-1", "PL-2"):
        factory.logger(code)
    for member in members:
        member.start_listening()
    for seq in range(1200):
        for code in ("PL-1", "PL-2"):
            field.publish(code, seq)
        if seq == 600:
            members[0].kill()
    wait_until(field.all_acknowledged)
    members[0].start()
    wait_until(lambda: len(stored()) == 2400, 90)
    assert stored() == field.acknowledged
    assert ReadingConflict.objects.count() == 0
    assert set(Device.objects.values_list("last_seq", flat=True)) == {1199}
    wait_until(lambda: not SequenceGap.objects.filter(filled_at=None).exists())
