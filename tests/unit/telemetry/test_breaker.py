from __future__ import annotations

from telemetry.domain.breaker import Breaker


def test_a_silent_unit_is_tried_less_and_less_often() -> None:
    breaker, now, pauses = Breaker(), 100.0, []
    for _ in range(8):
        breaker.failed(now)
        pauses.append(max(breaker.retry_at - now, 0.0) if breaker.is_open else 0.0)
    assert pauses == [0, 0, 5, 10, 20, 40, 60, 60]


def test_it_is_left_alone_until_its_pause_is_over() -> None:
    breaker = Breaker(threshold=1, first_pause_s=5)
    breaker.failed(10.0)
    assert not breaker.may_try(14.9)
    assert breaker.may_try(15.0)


def test_one_answer_restores_its_rhythm() -> None:
    breaker = Breaker(threshold=1)
    breaker.failed(10.0)
    breaker.succeeded()
    assert breaker.may_try(10.1)
