"""Traces at 1.2 million nodes: reading the network, tracing anywhere, a valve that another process closes."""

from __future__ import annotations

import json
import os
import random
import resource
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from statistics import quantiles
from typing import Any

from django.db import connection, connections

NETWORK = "million"
PLACES = 200
CLOSINGS = 40
GOALS = {
    "read": "under 15 s and 1 GB",
    "upstream and isolation": "under 200 ms at the 95th percentile after warm-up",
    "valve": "in the next trace within 50 ms of the commit, from another process",
}


def measure() -> dict[str, Any]:
    """Trace from random nodes of the district, and close valves on a copy of it."""
    from bench.gis.database import copied

    load = round(os.getloadavg()[0], 1)
    figures: dict[str, Any] = {
        "goals": GOALS,
        "load_average": load,
        "read": _alone("_read"),
        "rustworkx": _alone("_rustworkx"),
    }
    figures |= _traces()
    figures["one_pressure_zone"] = _one_zone()
    address = os.environ["DATABASE_URL"]
    connections.close_all()
    with copied(address, "chabaka_bench_traces") as copy:
        figures["valve_closed_elsewhere"] = _in_copy("_closings", copy)
    return figures


def _traces() -> dict[str, Any]:
    from gis.queries import directed_trace, isolation_trace, segments_trace

    kinds: dict[str, Callable[[str], Any]] = {
        "isolation": lambda code: isolation_trace(NETWORK, "junction", code),
        "upstream": lambda code: directed_trace(NETWORK, "upstream", "junction", code),
        "downstream": lambda code: directed_trace(NETWORK, "downstream", "junction", code),
        "segments": lambda code: segments_trace(NETWORK, "junction", code),
        "connected": lambda code: directed_trace(NETWORK, "connected", "junction", code),
    }
    codes = _codes(PLACES)
    figures = {}
    for name, trace in kinds.items():
        trace(codes[0])
        took, largest, busy = [], 0, time.process_time()
        asked = codes[: PLACES if name != "connected" else 20]
        for code in asked:
            began = time.perf_counter()
            found = trace(code)
            took.append(time.perf_counter() - began)
            largest = max(largest, found.counts.nodes)
        cpu_ms = round(1000 * (time.process_time() - busy) / len(asked), 1)
        figures[name] = {**_spread(took), "mean_cpu_ms": cpu_ms, "largest_nodes": largest}
    return figures


def _one_zone() -> dict[str, Any]:
    """The worst case: the same network as one pressure zone, its reducers taken for open valves."""
    from gis.domain.flow import upstream
    from gis.domain.graph import LINK_KINDS, STATES, NetworkGraph
    from gis.queries.topology import network_graph

    known = network_graph(NETWORK).graph
    links = known.links.copy()
    reducers = known.is_kind("prv")
    links["kind"][reducers], links["state"][reducers] = LINK_KINDS.index("valve"), STATES.index("open")
    graph = NetworkGraph(known.nodes, links)
    took = []
    for code in _codes(40):
        began = time.perf_counter()
        upstream(graph, graph.find("junction", code))
        took.append(time.perf_counter() - began)
    return {"first_upstream_s": round(took[0], 2), **_spread(took[1:])}


def _read() -> dict[str, Any]:
    """Read the network in a process of its own."""
    from gis.queries.topology import network_graph

    before = _resident_mb()
    began = time.perf_counter()
    graph = network_graph(NETWORK).graph
    read = time.perf_counter() - began
    began = time.perf_counter()
    supplied = int(graph.supplied.sum())
    graph.touching(graph.sources)
    return {
        "nodes": len(graph.nodes),
        "links": len(graph.links),
        "supplied_nodes": supplied,
        "cells": graph.cells.count,
        "read_s": round(read, 2),
        "derive_s": round(time.perf_counter() - began, 2),
        "grown_mb": round(_resident_mb() - before),
        "peak_of_process_mb": round(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024),
    }


def _rustworkx() -> dict[str, Any]:
    """The same network as a rustworkx graph, for comparison: built, and asked what is upstream."""
    import rustworkx as rx

    from gis.queries.topology import network_graph

    graph = network_graph(NETWORK).graph
    supplied = graph.supplied
    before = _resident_mb()
    began = time.perf_counter()
    plain: rx.PyDiGraph = rx.PyDiGraph()
    plain.add_nodes_from(range(len(graph.nodes)))
    ways = graph.conducts
    pairs = zip(graph.start[ways].tolist(), graph.end[ways].tolist(), strict=True)
    both = graph.one_way[ways].tolist()
    plain.add_edges_from_no_data(
        [
            way
            for (a, b), one in zip(pairs, both, strict=True)
            for way in ([(a, b)] if one else [(a, b), (b, a)])
        ]
    )
    built = time.perf_counter() - began
    took = []
    for code in _codes(20):
        (node,) = graph.find("junction", code).nodes
        if not supplied[node]:
            continue
        began = time.perf_counter()
        rx.ancestors(plain, int(node))
        took.append(time.perf_counter() - began)
    return {
        "build_s": round(built, 2),
        "grown_mb": round(_resident_mb() - before),
        "ancestors": _spread(took),
    }


def _closings() -> dict[str, Any]:
    """Close valves from another process; time from its commit to a trace that knows, in this one."""
    from gis.models import Link
    from gis.queries import isolation_trace
    from gis.queries.topology import network_graph

    graph = network_graph(NETWORK).graph
    isolation_trace(NETWORK, "junction", _codes(1)[0])
    seeded = random.Random(7)
    valves = [int(at) for at in (graph.barrier & graph.conducts).nonzero()[0]]
    caught_up, traced = [], []
    with _other_process() as close:
        for position in seeded.sample(valves, CLOSINGS):
            row = graph.links[position]
            close(int(row["id"]))
            began = time.perf_counter()
            now = network_graph(NETWORK).graph
            caught_up.append(time.perf_counter() - began)
            end = graph.node_codes(graph.start[[position]])[0]
            found = isolation_trace(NETWORK, "junction", end)
            traced.append(time.perf_counter() - began)
            assert not now.conducts[position]
            roles = {valve.code: valve.role for valve in found.valves}
            assert roles.get(row["code"].decode(), "already_closed") == "already_closed"
    assert Link.objects.filter(pk=int(row["id"]), state="closed").exists()
    return {"until_known": _spread(caught_up), "until_an_isolation_shows_it": _spread(traced)}


class _other_process:  # noqa: N801
    """A process of its own that closes the valves it is given by id, and answers once each is committed."""

    def __enter__(self) -> Callable[[int], None]:
        self._process = subprocess.Popen(
            [sys.executable, "-m", "bench.gis.traces", "_close"],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )
        return self._close

    def _close(self, link_id: int) -> None:
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        self._process.stdin.write(f"{link_id}\n")
        self._process.stdin.flush()
        self._process.stdout.readline()

    def __exit__(self, *error: object) -> None:
        assert self._process.stdin is not None
        self._process.stdin.close()
        self._process.wait()


def _close() -> None:
    from gis.services import set_link_state

    at = datetime(2026, 6, 1, tzinfo=UTC)
    for number, line in enumerate(sys.stdin):
        set_link_state(link_id=int(line), state="closed", at=at + timedelta(seconds=number))
        print("closed", flush=True)


def _codes(count: int) -> list[str]:
    """Draw junctions over the whole network."""
    from gis.queries.topology import network_graph

    graph = network_graph(NETWORK).graph
    junctions = [int(node) for node in (~graph.nodes["source"]).nonzero()[0]]
    return graph.node_codes(random.Random(2026).sample(junctions, count))  # type: ignore[arg-type]


def _spread(took: list[float]) -> dict[str, float]:
    cuts = quantiles(took, n=100, method="inclusive")
    return {f"p{at}_ms": round(1000 * cuts[at - 1], 1) for at in (50, 95)} | {
        "max_ms": round(1000 * max(took), 1)
    }


def _resident_mb() -> float:
    with open("/proc/self/statm") as file:
        return int(file.read().split()[1]) * os.sysconf("SC_PAGE_SIZE") / 2**20


def _alone(name: str) -> dict[str, Any]:
    return _in_copy(name, os.environ["DATABASE_URL"])


def _in_copy(name: str, address: str) -> dict[str, Any]:
    """Run one function of this module in a process of its own, on some database."""
    connection.close()
    done = subprocess.run(
        [sys.executable, "-m", "bench.gis.traces", name],
        env={**os.environ, "DATABASE_URL": address},
        stdout=subprocess.PIPE,
        check=True,
        text=True,
    )
    return dict(json.loads(done.stdout.splitlines()[-1]))


def _parts() -> Iterator[tuple[str, Callable[[], Any]]]:
    yield from (("_read", _read), ("_rustworkx", _rustworkx), ("_closings", _closings), ("_close", _close))


if __name__ == "__main__":
    import django

    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "backend.config.settings")
    django.setup()
    answer = dict(_parts())[sys.argv[1]]()
    if answer is not None:
        print(json.dumps(answer))
