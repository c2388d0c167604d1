"""When a group of alarms and reports is shown to a dispatcher.

tank ──x── a ──── b ──x── c        x: isolation valve; a and b share a segment, c does not
"""

from __future__ import annotations

from maintenance.domain.grouping import Evidence, worth_proposing

ALARM_A = Evidence("alarm", 1, "junction:a")
ALARM_A_AGAIN = Evidence("alarm", 2, "junction:a")
AMINA, YOUSSEF = Evidence("report", 1, "+212600000001"), Evidence("report", 2, "+212600000002")
AMINA_AGAIN, NOBODY, SOMEBODY = (
    Evidence("report", 3, "+212600000001"),
    Evidence("report", 4),
    Evidence("report", 5),
)


def test_an_alarm_and_a_report_are_enough() -> None:
    assert worth_proposing([ALARM_A, AMINA])


def test_two_people_are_enough() -> None:
    assert worth_proposing([AMINA, YOUSSEF])


def test_one_alone_is_not() -> None:
    assert not worth_proposing([AMINA])
    assert not worth_proposing([])


def test_the_same_person_twice_is_one_voice() -> None:
    assert not worth_proposing([AMINA, AMINA_AGAIN])


def test_two_limits_of_one_sensor_are_one_voice() -> None:
    assert not worth_proposing([ALARM_A, ALARM_A_AGAIN])


def test_two_people_who_left_no_number_are_two() -> None:
    assert worth_proposing([NOBODY, SOMEBODY])


def test_one_more_is_enough_for_a_running_incident() -> None:
    assert worth_proposing([YOUSSEF], already_linked=2)
    assert not worth_proposing([], already_linked=2)


def test_what_was_dismissed_is_not_asked_again_until_something_is_new() -> None:
    dismissed = [frozenset({("alarm", 1), ("report", 1)})]
    assert not worth_proposing([ALARM_A, AMINA], dismissed=dismissed)
    assert worth_proposing([ALARM_A, AMINA, YOUSSEF], dismissed=dismissed)
