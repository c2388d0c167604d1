"""Whatever the order of arrival within the reorder timeout, the same is told; and nothing stops the host."""

from __future__ import annotations

import random
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from telemetry.domain.sparkplug.values import DataType
from tests.factories.sparkplug import Edge, metric, ms, payload
from tests.unit.telemetry.sparkplug.support import Host, at

KINDS = ("node", "pump", "pump", "pump dies", "pump is born")


def life(steps: list[str], *, seq: int) -> list[tuple[str, bytes]]:
    """Return what an edge node with a pump sends: each value once, counted up, by alias."""
    edge = Edge()
    sent = [edge.birth(metric("flow", 0.0, alias=1), at=at(0), seq=seq)]
    alive = False
    for count, step in enumerate(steps, 1):
        moment = at(count / 100)
        by_alias: dict[str, Any] = {"alias": 2 if "pump" in step else 1, "timestamp": ms(moment)}
        value = metric("", float(count), None, written_as=DataType.DOUBLE, **by_alias)
        if step == "node":
            sent.append(edge.send("NDATA", value, at=moment))
        elif step == "pump" and alive:
            sent.append(edge.send("DDATA", value, device="pump", at=moment))
        elif step == "pump dies" and alive:
            sent.append(edge.send("DDEATH", device="pump", at=moment))
            alive = False
        elif step == "pump is born" and not alive:
            told = metric("speed", float(count), alias=2, timestamp=ms(moment))
            sent.append(edge.send("DBIRTH", told, device="pump", at=moment))
            alive = True
    return sent


@settings(max_examples=150, deadline=None)
@given(
    st.lists(st.sampled_from(KINDS), max_size=60),
    st.integers(0, 255),
    st.integers(1, 12),
    st.randoms(use_true_random=False),
)
def test_any_interleaving_tells_the_same_in_the_same_order(
    steps: list[str], seq: int, reach: int, chance: random.Random
) -> None:
    sent = life(steps, seq=seq)
    straight, mixed = Host(), Host()
    for message in sent:
        straight.hear(message)
    places = sorted(range(len(sent)), key=lambda place: place + chance.uniform(0, reach))
    for place in places:
        mixed.hear(sent[place], after_s=0.001)
    assert [type(d) for d in mixed.outcomes] == [type(d) for d in straight.outcomes]
    assert mixed.values() == straight.values()
    assert [(d.device, d.at) for d in mixed.deaths()] == [(d.device, d.at) for d in straight.deaths()]
    assert mixed.asked() == mixed.refused() == []


@settings(max_examples=100, deadline=None)
@given(st.lists(st.sampled_from(KINDS), min_size=3, max_size=60), st.randoms(use_true_random=False))
def test_with_losses_no_value_is_invented_and_a_rebirth_is_asked_for(
    steps: list[str], chance: random.Random
) -> None:
    sent = life(steps, seq=0)
    host, straight = Host(), Host()
    for message in sent:
        straight.hear(message)
    lost = {place for place in range(1, len(sent)) if chance.random() < 0.2}
    for place, message in enumerate(sent):
        if place not in lost:
            host.hear(message, after_s=0.5)
            host.wait(0.5)
    host.wait(3)
    assert set(host.values()) <= set(straight.values())
    told_of_loss = any(place not in lost for place in range(min(lost), len(sent))) if lost else False
    assert bool(host.asked()) == told_of_loss


@settings(max_examples=100, deadline=None)
@given(
    st.lists(
        st.tuples(
            st.sampled_from(["NBIRTH", "NDATA", "NDEATH", "DBIRTH", "DDATA", "DDEATH"]),
            st.one_of(st.none(), st.integers(0, 300)),
            st.integers(0, 3),
            st.floats(0, 5),
        ),
        max_size=60,
    )
)
def test_no_sequence_of_messages_stops_the_host(messages: list[tuple[str, int | None, int, float]]) -> None:
    host, edge = Host(), Edge()
    for kind, seq, number, pause in messages:
        device = "pump" if kind.startswith("D") else ""
        made = [metric("x", float(number), alias=number), metric("bdSeq", number, DataType.INT64)]
        raw = payload(*made, seq=seq, at=at(host.time_s))
        host.hear((edge.topic(kind, device), raw))
        host.wait(pause)
    host.wait(10)
    assert all(not session._held for session in host.sessions.edges.values())
