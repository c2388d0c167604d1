"""Write what an opened file holds, in one transaction, under a record; or only count it."""

from __future__ import annotations

import time
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, TypeAlias

from django.db import connection, transaction
from django.utils.translation import gettext as _

from backend.core.errors import InvalidInput
from gis.attribution import attributed
from gis.errors import ImportRefused, UnreadableFile
from gis.models import ImportRecord, Network, Utility
from gis.services.freshness import touch_topology
from gis.services.importing.models import ModelFile
from gis.services.importing.reports import ImportReport, NetworkNames, Outcome, Progress, Run, report_of

if TYPE_CHECKING:
    from gis.services.importing.vector import VectorFile

WORK_MEMORY = "128MB"

Source: TypeAlias = "ModelFile | VectorFile"
"""A file opened for import. Its `utility` is None where only the network itself can say."""


class _DryRunError(Exception):
    """Leaves the transaction of a dry run."""


@dataclass(frozen=True, slots=True)
class Bringing:
    """One import: what is asked, and since when. `described` is what a network is told of its source."""

    code: str | None
    file_format: str
    names: NetworkNames | None
    described: Mapping[str, str]
    dry_run: bool
    skip_errors: bool
    started: float = field(default_factory=time.monotonic)

    def run(self, source: Source, record: ImportRecord, progress: Progress) -> ImportReport:
        """Write what the file holds in one transaction; leave it, if it was a dry run."""
        self._refuse(source.outcome)
        try:
            with transaction.atomic():
                described = {**self.described, "crs": source.outcome.source_crs}
                network = _network(self.code, source, self.names, described) if source.has_elements else None
                outcome = _write(source, Run(network, record, progress, self.dry_run))
                self._refuse(outcome)
                if self.dry_run:
                    raise _DryRunError
        except _DryRunError:
            pass
        return self._report(outcome, None if self.dry_run else record.pk)

    def _refuse(self, outcome: Outcome) -> None:
        if outcome.errors and not self.skip_errors:
            raise ImportRefused(report=self._report(outcome))

    def _report(self, outcome: Outcome, record_id: int | None = None) -> ImportReport:
        seconds = time.monotonic() - self.started
        return report_of(
            outcome,
            self.code,
            self.file_format,
            record_id=record_id,
            dry_run=self.dry_run,
            seconds=seconds,
        )


def _write(source: Source, run: Run) -> Outcome:
    """Write all rows under a record, and keep the record if anything changed."""
    record = run.record
    record.network = run.network
    record.save()
    with connection.cursor() as cursor:
        # A million rows are joined and counted in memory rather than on disk.
        cursor.execute("SELECT set_config('work_mem', %s, true)", [WORK_MEMORY])
    with attributed(user=record.actor_id, import_id=record.pk):
        outcome = source.write(run)
    if not outcome.changed:
        record.delete()
        return outcome
    record.options = {**record.options, "crs": outcome.source_crs, "placed_in": outcome.placed_in}
    record.counts = {
        step: {"created": written.created, "updated": written.updated}
        for step, written in outcome.counts.items()
    }
    record.errors = [[error.row, error.reason, error.detail] for error in outcome.errors.told]
    record.save()
    if run.network is not None and not run.dry_run:
        touch_topology(run.network, points_alone=not _changes_graph(outcome))
    return outcome


def _changes_graph(outcome: Outcome) -> bool:
    """Say whether nodes or links changed, and not connection points alone."""
    return any(outcome.counts[step].changed for step in ("nodes", "links") if step in outcome.counts)


def _network(
    code: str | None, source: Source, names: NetworkNames | None, described: dict[str, str]
) -> Network:
    """Lock the name of the network, then find or make it; a whole model says again where it is from."""
    if not code:
        raise InvalidInput(errors={"network": [_("Say which network this is.")]})
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(hashtext('gis.network.' || %s))", [code])
    named = {"name_fr": names.fr, "name_ar": names.ar} if names else {}
    network = Network.objects.filter(code=code).first()
    if network is None:
        if source.utility is None:
            raise InvalidInput(
                errors={"utility": [_("The network is new: let the mapping say its utility.")]}
            )
        return Network.objects.create(
            code=code, **{"utility": source.utility, "name_fr": code, "name_ar": code, **described, **named}
        )
    if source.utility not in {None, network.utility}:
        text = _("%(network)s is of another utility: %(there)s, not %(given)s.")
        words = {
            "network": code,
            "there": network.get_utility_display(),
            "given": Utility(source.utility).label,
        }
        raise UnreadableFile(errors={"network": [text % words]})
    told = {**(described if source.is_whole else {}), **named}
    if changes := {key: value for key, value in told.items() if getattr(network, key) != value}:
        Network.objects.filter(pk=network.pk).update(**changes)
    return network
