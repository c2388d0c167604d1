"""What an import said, in the reader's words."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from django.apps import apps
from django.utils.functional import Promise
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from gis.domain.rows import LinkKind, NodeKind
from gis.queries.import_jobs import ImportJob
from gis.services.quality import kind_name
from gis.translating import isolated

SHOWN_ROWS = 200

KINDS: Mapping[str, Promise] = {
    "junction": _("Junctions"),
    "tank": _("Tanks"),
    "reservoir": _("Reservoirs"),
    "bus": _("Buses"),
    "substation": _("Substations"),
    "pipe": _("Pipes"),
    "valve": _("Isolation valves"),
    "pump": _("Pumps"),
    "prv": _("Pressure-reducing valves"),
    "control-valve": _("Control valves"),
    "line": _("Lines"),
    "switch": _("Switches"),
    "transformer": _("Transformers"),
    "connection point": _("Connection points"),
    "zone": _("Zones"),
}
STEPS: Mapping[str, Promise] = {
    "read": _("Reading the file"),
    "dependants": _("Looking for what depends on it"),
    "nodes": _("Nodes"),
    "links": _("Links"),
    "connection_points": _("Connection points"),
    "zones": _("Zones"),
    "parts": _("Parts of divided pipes and lines"),
    "aliases": _("Old references"),
    "memberships": _("Zones of the connection points"),
}
ELEMENTS = {
    "gis.Node": STEPS["nodes"],
    "gis.Link": STEPS["links"],
    "gis.ConnectionPoint": STEPS["connection_points"],
}
REASONS: Mapping[str, Promise] = {
    "duplicate_code": _("This code comes more than once"),
    "dangling_end": _("It ends at a node that is not there"),
    "self_loop": _("It begins and ends at the same node"),
    "zero_length": _("It has no length"),
    "unknown_unit": _("Unknown unit"),
    "unknown_state": _("Unknown state"),
    "no_geometry": _("It has no place"),
    "no_code": _("It has no code"),
    "outside_service_area": _("Outside the service area"),
    "unknown_kind": _("Unknown kind"),
    "unknown_value": _("A word that the mapping does not know"),
    "not_a_number": _("Not a number"),
    "negative": _("A negative figure"),
    "too_long": _("Too long"),
    "wrong_number_of_columns": _("Wrong number of columns"),
    "wrong_geometry": _("Not the kind of geometry this layer needs"),
    "several_parts": _("It has several parts"),
    "invalid_area": _("An outline that crosses itself"),
    "coordinates_out_of_range": _("Coordinates beyond their range"),
    "ambiguous_code": _("This code names several elements"),
    "nothing_within_tolerance": _("Nothing to join it to within the tolerance"),
    "reference_taken": _("This old reference belongs to another connection point"),
    "unknown_parent": _("Its parent zone is not there"),
    "zone_refused": _("This zone cannot be drawn"),
    "kind_of_another_utility": _("Networks of this kind have no such element"),
    "several_within_tolerance": _("Several pipes or lines are equally near: name the one it lies on"),
    "same_place": _("Another device is in the same place"),
    "on_another_link": _("It lies on another pipe or line than before"),
    "link_divided": _("Its pipe or line was divided; the other part has a code of its own"),
    "put_at_node": _("It lies at a node, and stands between that and its pipe or line"),
}
REFUSALS: Mapping[str, Promise] = {
    "missing_crs": _("The file does not say its coordinate system. Nothing is guessed: tell it below."),
    "unknown_crs": _("This coordinate system is not known."),
    "unknown_unit": _("The unit of the coordinates does not go with the coordinate system."),
    "coordinates_out_of_range": _(
        "In this coordinate system the data would lie nowhere on earth: it, or the unit, is another."
    ),
    "unreadable_file": _("This file cannot be read as a network of this format."),
    "mapping_refused": _("What this mapping says of the file does not hold."),
    "gave_up": _("The worker stopped three times over this file. Bring it in smaller parts."),
    "failed": _("Something went wrong on our side; nothing was written."),
}


ASKED: Mapping[str, Promise] = {
    "network": _("Network"),
    "utility": _("Utility"),
    "mapping": _("What the layers mean"),
    "place": _("Place"),
}
"""What an import is told, by the names under which refusals speak of it."""
NAMED = re.compile(rf"(?:(.+ \d+): )?({'|'.join([*NodeKind, *LinkKind, 'connection point', 'zone'])}) (.+)")
"""What names a row: `pipe p12`, `reseau 3: pipe p12`."""


@dataclass(frozen=True, slots=True)
class StepRow:
    """What happened, or would happen, to the rows of one step."""

    label: Any
    created: int
    updated: int
    unchanged: int
    kept: int


@dataclass(frozen=True, slots=True)
class Told:
    """One row of the file with what is said of it."""

    row: str
    reason: Any
    detail: str


@dataclass(frozen=True, slots=True)
class Report:
    """A report, ready to show. Without `steps` the file was refused before its rows were looked at."""

    code: str = ""
    refusals: Sequence[str] = ()
    kinds: Sequence[tuple[Any, int]] = ()
    steps: Sequence[StepRow] = ()
    reasons: Sequence[tuple[Any, int]] = ()
    rows: Sequence[Told] = ()
    warnings: Sequence[tuple[Any, int]] = ()
    warned: Sequence[Told] = ()
    notes: Sequence[tuple[Any, int]] = ()
    noted: Sequence[Told] = ()
    question: Mapping[str, Any] | None = None
    said: Mapping[str, Any] = field(default_factory=dict)

    @property
    def shown(self) -> Sequence[Told]:
        return self.rows[:SHOWN_ROWS]

    @property
    def shown_warned(self) -> Sequence[Told]:
        return self.warned[:SHOWN_ROWS]

    @property
    def shown_noted(self) -> Sequence[Told]:
        return self.noted[:SHOWN_ROWS]

    @property
    def refused_rows(self) -> int:
        return sum(times for _reason, times in self.reasons)


def report_of(job: ImportJob) -> Report:
    """Say what the last run of a job told."""
    said = job.report
    errors, warned, noted = (_told(said.get(name)) for name in ("errors", "warnings", "notes"))
    return Report(
        code=said.get("code", ""),
        refusals=_refusals(said),
        kinds=[(KINDS.get(kind, kind), number) for kind, number in _ordered(said.get("kinds", {}), KINDS)],
        steps=[
            StepRow(STEPS.get(step, step), **written)
            for step, written in _ordered(said.get("counts", {}), STEPS)
            if any(written.values())
        ],
        reasons=_counted(said.get("error_counts"), errors),
        rows=errors,
        warnings=_counted(said.get("warning_counts"), warned),
        warned=warned,
        notes=_counted(said.get("note_counts"), noted),
        noted=noted,
        question=said.get("question"),
        said=said,
    )


def _ordered(said: Mapping[str, Any], known: Mapping[str, Any]) -> list[tuple[str, Any]]:
    """Put what was said in the order that people know it by."""
    order = list(known)
    return sorted(said.items(), key=lambda one: order.index(one[0]) if one[0] in known else len(order))


def _told(rows: Any) -> list[Told]:
    if not isinstance(rows, list):
        return []
    return [
        Told(_in_words(row["row"]), REASONS.get(row["reason"], row["reason"]), _in_words(row["detail"]))
        for row in rows
    ]


def _in_words(named: str) -> str:
    """Put the kind in what names a row into the reader's words."""
    if not (found := NAMED.fullmatch(named)):
        return named
    line, kind, code = found.groups()
    told = f"{kind_name(kind.replace(' ', '_'))} {isolated(code)}"
    return f"{isolated(line)}: {told}" if line else told


def _counted(counts: Mapping[str, int] | None, rows: Iterable[Told]) -> list[tuple[Any, int]]:
    """Count refusals by reason: as the importer did, or from the rows it named."""
    if counts:
        return [(REASONS.get(reason, reason), times) for reason, times in counts.items()]
    found: dict[Any, int] = {}
    for row in rows:
        found[row.reason] = found.get(row.reason, 0) + 1
    return list(found.items())


def _refusals(said: Mapping[str, Any]) -> list[str]:
    """Put what was refused before any row into sentences, with what the reader of the file said."""
    errors = said.get("errors")
    if not isinstance(errors, dict):
        code = said.get("code", "")
        return [str(REFUSALS[code])] if code in REFUSALS else []
    lines = [str(REFUSALS[said["code"]])] if said.get("code") == "mapping_refused" else []
    for key, details in errors.items():
        detail = "; ".join(filter(None, details))
        sentence = REFUSALS.get(key) or (REFUSALS["unreadable_file"] if key == "file" else None)
        if sentence is None:
            lines.append(f"{ASKED.get(key) or isolated(key)}: {detail}")
        else:
            lines.append(f"{sentence} ({isolated(detail)})" if detail else str(sentence))
    return lines


def undo_refused(refusal: Mapping[str, Any]) -> str:
    """Say why an import was not undone, with what depends on it and how many; nothing where it was not."""
    if not refusal:
        return ""
    if refusal["code"] in REFUSALS:
        return str(REFUSALS[refusal["code"]])
    depending = [f"{_named(what)}: {', '.join(times)}" for what, times in refusal.get("errors", {}).items()]
    return f"{gettext('It cannot be undone: other things depend on what it brought.')} {'; '.join(depending)}"


def _named(what: str) -> str:
    """Name `app.Model`, or `app.Model.version` for what was changed since, as the administration does."""
    app, model, *since = what.split(".")
    name = str(ELEMENTS.get(f"{app}.{model}") or apps.get_model(app, model)._meta.verbose_name_plural)
    return gettext("%(things)s changed since") % {"things": name} if since else name
