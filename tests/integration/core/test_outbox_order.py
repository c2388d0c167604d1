"""Nobody who follows `seq` steps over a transaction that commits late."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from threading import Thread

import psycopg
import pytest
from django.db import connection

from backend.core.models import OutboxEvent
from backend.core.queries import outbox as queries
from backend.core.services import outbox

pytestmark = pytest.mark.django_db(transaction=True)

INSERT = "INSERT INTO core_outboxevent (topic, payload, created_at) VALUES (%s, '{}', now()) RETURNING id"


@contextmanager
def another_connection() -> Iterator[psycopg.Connection]:
    """Open a real second session on the test database, as another process would."""
    parameters = connection.get_connection_params()
    parameters = {
        name: parameters[name]
        for name in ("dbname", "user", "password", "host", "port")
        if name in parameters
    }
    with psycopg.connect(**parameters) as session:
        yield session


def write(session: psycopg.Connection, topic: str) -> int:
    row = session.execute(INSERT, [topic]).fetchone()
    assert row is not None
    return row[0]


def test_a_reader_that_follows_seq_gets_the_event_that_commits_late() -> None:
    with another_connection() as slow, another_connection() as fast:
        late_id = write(slow, "late")
        early_id = write(fast, "early")
        assert late_id < early_id
        fast.commit()

        outbox.assign_sequence()
        first = queries.events_after(0)
        assert [event.topic for event in first] == ["early"]

        slow.commit()
        outbox.assign_sequence()
        second = queries.events_after(first[-1].seq)
        assert [event.topic for event in second] == ["late"]
        # The trap: whoever remembered the highest id would have stepped over it.
        assert not OutboxEvent.objects.filter(id__gt=early_id).exists()


def test_a_transaction_given_up_leaves_no_hole() -> None:
    with another_connection() as lost, another_connection() as kept:
        write(lost, "lost")
        write(kept, "kept")
        lost.rollback()
        kept.commit()
        write(kept, "kept too")
        kept.commit()
    outbox.assign_sequence()
    assert [event.seq for event in queries.events_after(0)] == [1, 2]


def test_two_callers_number_each_event_once_and_leave_no_number_out() -> None:
    OutboxEvent.objects.bulk_create(OutboxEvent(topic="many", payload={"n": n}) for n in range(200))

    def number() -> None:
        try:
            outbox.assign_sequence()
        finally:
            connection.close()

    callers = [Thread(target=number) for _ in range(4)]
    for caller in callers:
        caller.start()
    for caller in callers:
        caller.join()
    assert [event.seq for event in queries.events_after(0, limit=300)] == list(range(1, 201))


def test_numbers_become_visible_in_order() -> None:
    """A numbering that has not committed holds back the next one, so nobody sees 2 before 1."""
    with another_connection() as first:
        write(first, "one")
        first.commit()
        first.execute("SELECT pg_advisory_xact_lock(%s)", [0x0C4ABA4A])
        first.execute("UPDATE core_outboxevent SET seq = 1 WHERE topic = 'one'")
        OutboxEvent.objects.create(topic="two", payload={})
        numbered: list[int] = []

        def number() -> None:
            try:
                numbered.append(outbox.assign_sequence())
            finally:
                connection.close()

        caller = Thread(target=number)
        caller.start()
        caller.join(0.3)
        assert caller.is_alive()
        assert queries.events_after(0) == []
        first.commit()
        caller.join()
    assert [(event.seq, event.topic) for event in queries.events_after(0)] == [(1, "one"), (2, "two")]


def test_events_are_filtered_by_topic_and_limited() -> None:
    for topic in ("a", "b", "a", "a"):
        OutboxEvent.objects.create(topic=topic, payload={})
    outbox.assign_sequence()
    assert [event.seq for event in queries.events_after(0, ["a"], limit=2)] == [1, 3]
    assert [event.seq for event in queries.events_after(3)] == [4]
    assert queries.latest_seq() == 4


def test_numbering_reads_through_indexes() -> None:
    OutboxEvent.objects.bulk_create(OutboxEvent(topic="old", payload={}, seq=n) for n in range(1, 3001))
    OutboxEvent.objects.create(topic="new", payload={})
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE core_outboxevent")
        from backend.core.services.outbox.sequence import SQL

        cursor.execute("EXPLAIN " + SQL)
        plan = "\n".join(row[0] for row in cursor.fetchall())
    assert "core_outbox_unsequenced" in plan
    assert "Seq Scan" not in plan
