from __future__ import annotations

from datetime import UTC, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from telemetry.domain.sequences import MAX_ASKS, SequenceTracker, next_ask, subtract

T0 = datetime(2026, 3, 1, tzinfo=UTC)


def at(seq: int) -> datetime:
    return T0 + timedelta(seconds=seq)


def observed(*numbers: int, start: int | None = None) -> SequenceTracker:
    tracker = SequenceTracker(start, at(start) if start is not None else None)
    for seq in numbers:
        tracker.observe(seq, at(seq))
    return tracker


def test_the_first_number_ever_opens_no_gap() -> None:
    tracker = observed(500, 501)
    assert (tracker.last_seq, tracker.gaps) == (501, [])


def test_missing_numbers_are_a_gap() -> None:
    assert observed(13, 14, 20, start=9).gaps == [(10, 12), (15, 19)]


def test_what_is_sent_again_is_late_and_no_restart() -> None:
    tracker = observed(20, 15, 16, 20, start=14)
    assert (tracker.late, tracker.restarted, tracker.last_seq) == ([15, 16, 20], False, 20)


def test_a_lower_number_with_a_later_time_is_a_new_numbering() -> None:
    tracker = observed(start=900)
    tracker.observe(2, at(901))
    assert (tracker.restarted, tracker.last_seq, tracker.gaps) == (True, 2, [(0, 1)])
    tracker.observe(3, at(902))
    assert (tracker.last_seq, tracker.gaps) == (3, [(0, 1)])


def test_a_new_numbering_may_start_at_one() -> None:
    tracker = observed(start=900)
    tracker.observe(1, at(901))
    assert (tracker.restarted, tracker.gaps) == (True, [])


def test_a_number_without_a_time_never_restarts_the_numbering() -> None:
    tracker = observed(start=900)
    tracker.observe(2, None)
    assert (tracker.restarted, tracker.late) == (False, [2])


def test_what_arrives_is_taken_out_of_the_missing_ranges() -> None:
    assert subtract([(10, 20)], [10, 15, 20, 99]) == [(11, 14), (16, 19)]
    assert subtract([(10, 11)], [11, 10]) == []


def test_questions_are_spaced_out_and_end() -> None:
    moments = [next_ask(asks, T0) for asks in range(1, MAX_ASKS + 1)]
    waits = [moment - T0 for moment in moments[:-1] if moment]
    assert waits == sorted(waits)
    assert moments[-1] is None


@given(st.permutations(range(30)), st.integers(0, 29))
def test_any_order_of_arrival_leaves_exactly_what_never_came(order: list[int], lost: int) -> None:
    tracker = SequenceTracker()
    missing: list[tuple[int, int]] = []
    first = order[0]
    for seq in order:
        if seq == lost and seq != first:
            continue
        before = len(tracker.gaps)
        tracker.observe(seq, at(seq))
        missing = subtract([*missing, *tracker.gaps[before:]], [seq])
    top = tracker.last_seq or 0
    expected = [(lost, lost)] if lost != first and first < lost < top else []
    assert missing == expected
