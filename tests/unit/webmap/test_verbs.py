"""What the buttons of an incident ask for."""

from __future__ import annotations

from itertools import pairwise

from maintenance.domain.states import INCIDENT
from webmap.verbs import INCIDENT_WAY, incident_buttons


def test_restoring_under_an_active_alarm_asks_why() -> None:
    def asks(*, alarm_active: bool) -> bool:
        (restore,) = incident_buttons("repairing", ["restored"], alarm_active=alarm_active)
        return restore.needs_reason

    assert asks(alarm_active=True)
    assert not asks(alarm_active=False)


def test_the_way_shown_is_one_that_the_table_allows() -> None:
    for state, following in pairwise(INCIDENT_WAY):
        assert INCIDENT.edge(state, following)
