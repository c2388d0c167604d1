"""Trace a network from the terminal."""

from __future__ import annotations

import json
from argparse import ArgumentParser
from dataclasses import asdict
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.utils.translation import gettext as _

from backend.core.errors import ChabakaError
from gis.queries import (
    TRACE_KINDS,
    Trace,
    common_upstream_trace,
    directed_trace,
    isolation_trace,
    segments_trace,
    shortest_path_trace,
)

MOST_SHOWN = 20


class Command(BaseCommand):
    help = "Trace a network from an element, in the present states: manage.py trace NETWORK KIND PLACE."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("network", help="code of the network")
        parser.add_argument("kind", choices=TRACE_KINDS)
        parser.add_argument(
            "places",
            nargs="+",
            help="KIND:CODE, for example pipe:p227; a path takes two, a common way two or more",
        )
        parser.add_argument(
            "--skip",
            action="append",
            default=[],
            metavar="KIND:CODE",
            help="a valve or switch that cannot be used",
        )
        parser.add_argument("--json", action="store_true", help="the whole answer, for another program")

    def handle(self, *args: Any, **options: Any) -> None:
        places = [_key(text) for text in options["places"]]
        try:
            found = _run(
                options["network"], options["kind"], places, [_key(text) for text in options["skip"]]
            )
        except ChabakaError as error:
            missing = ", ".join(word for words in error.extra.get("errors", {}).values() for word in words)
            raise CommandError(f"{error.detail} ({missing})" if missing else error.detail) from error
        if options["json"]:
            self.stdout.write(json.dumps(asdict(found), ensure_ascii=False))
            return
        for line in _told(found):
            self.stdout.write(line)


def _run(network: str, kind: str, places: list[tuple[str, str]], skip: list[tuple[str, str]]) -> Trace:
    if kind == "common-upstream":
        return common_upstream_trace(network, places)
    if len(places) != (2 if kind == "shortest-path" else 1):
        two = kind == "shortest-path"
        raise CommandError(_("This trace takes two places.") if two else _("This trace takes one place."))
    if kind == "shortest-path":
        return shortest_path_trace(network, *places)
    if kind == "isolation":
        return isolation_trace(network, *places[0], {"skip": skip})
    if kind == "segments":
        return segments_trace(network, *places[0])
    return directed_trace(network, kind, *places[0])


def _key(text: str) -> tuple[str, str]:
    kind, _colon, code = text.partition(":")
    if not code:
        raise CommandError(_("Write KIND:CODE, for example pipe:p227, not %s.") % text)
    return kind, code


def _told(found: Trace) -> list[str]:
    """Say what was found in words, then list it."""
    lists = {
        "valves": [f"{valve.kind} {valve.code} ({valve.role})" for valve in found.valves],
        "links": [f"{link.kind} {link.code} ({link.role})" for link in found.links],
        "nodes": [f"{node.kind} {node.code} ({node.role})" for node in found.nodes],
        "connection points": [
            f"{point.code} {point.critical_kind or point.category}" for point in found.connection_points
        ],
    }
    lines = [*found.explanation, *(f"! {warning}" for warning in found.warnings)]
    for name, listed in lists.items():
        if listed:
            lines.append(f"{len(listed)} {name}:")
            lines += [f"  {line}" for line in listed[:MOST_SHOWN]]
            lines += [f"  … {len(listed) - MOST_SHOWN}"] if len(listed) > MOST_SHOWN else []
    return lines
