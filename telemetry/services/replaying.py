"""Read dead letters again once what was wrong is mended, by the way every message goes, or set them aside."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from functools import cached_property

import structlog
from django.db import Error, InterfaceError, OperationalError, transaction
from django.db.models import QuerySet
from django.utils.translation import gettext as _

from backend.core import clock
from backend.core.errors import InvalidInput
from backend.core.models import User
from telemetry.domain.payloads import Fault
from telemetry.models import DeadLetter, Protocol
from telemetry.ports import Message
from telemetry.queries.dead_letters import visible_letters
from telemetry.queries.registry import Registry, load_registry
from telemetry.queries.sparkplug import KnownEdges, load_edges
from telemetry.services.ingest import read_messages, store_batch
from telemetry.services.partitions import ensure_partitions
from telemetry.services.readings import store_readings
from telemetry.services.sparkplug.replaying import is_of_edge_node, read_letter

log = structlog.get_logger(__name__)
STORED, REFUSED, TRUNCATED = "stored", "refused", "truncated"


@dataclass(slots=True)
class Replayed:
    """Count what became of the letters asked for; `readings` are those new to the history."""

    stored: int = 0
    refused: int = 0
    truncated: int = 0
    readings: int = 0


class _Known:
    """What letters are read by, loaded once where any of them needs it."""

    @cached_property
    def registry(self) -> Registry:
        # Times of then end nobody's quarantine of today.
        return replace(load_registry(protocol=Protocol.MQTT), quarantined=frozenset())

    @cached_property
    def edges(self) -> KnownEdges:
        return load_edges()


def replay_letters(*, ids: Iterable[int], actor: User | None = None) -> Replayed:
    """Read dead letters again in the order of their arrival, each judged by when it arrived.

    What was stored before is not stored twice. A letter that still cannot be read stays, with the reason of
    today; one kept only in part cannot be read at all. Letters decided on already are left alone, and those
    that the actor may not see.
    """
    known = _Known()
    waiting = _decidable(actor).filter(pk__in=list(ids), replayed_at=None, discarded_at=None)
    done = Replayed()
    for letter_id in waiting.order_by("received_at", "pk").values_list("pk", flat=True):
        _replay(letter_id, known, actor, done)
    return done


def _decidable(actor: User | None) -> QuerySet[DeadLetter]:
    return DeadLetter.objects.all() if actor is None else visible_letters(actor)


@transaction.atomic
def _replay(letter_id: int, known: _Known, actor: User | None, done: Replayed) -> None:
    waiting = DeadLetter.objects.select_for_update(skip_locked=True)
    letter = waiting.filter(pk=letter_id, replayed_at=None, discarded_at=None).first()
    if letter is None:
        return
    outcome, detail, new = _read_again(letter, known)
    letter.outcome, letter.outcome_detail, letter.decided_by = outcome, detail[:300], actor
    letter.replayed_at = clock.now() if outcome == STORED else None
    letter.save(update_fields=["outcome", "outcome_detail", "decided_by", "replayed_at"])
    setattr(done, outcome, getattr(done, outcome) + 1)
    done.readings += new


def _read_again(letter: DeadLetter, known: _Known) -> tuple[str, str, int]:
    """Return what came of it, why, and how many readings are new."""
    if len(bytes(letter.payload)) < letter.size:
        return TRUNCATED, "", 0
    try:
        with transaction.atomic():
            if is_of_edge_node(letter):
                return _read_of_edge(letter, known.edges)
            return _read_message(letter, known.registry)
    except (OperationalError, InterfaceError):
        raise
    except (Error, ValueError) as error:
        log.warning("telemetry.letter_refused", letter=letter.pk, error=str(error))
        return REFUSED, f"not_storable: {str(error).splitlines()[0]}", 0


def _read_message(letter: DeadLetter, registry: Registry) -> tuple[str, str, int]:
    message = Message(letter.topic, bytes(letter.payload), 0, 0, letter.received_at)
    batch = read_messages(messages=[message], registry=registry)
    faults = [found.fault for found in batch.letters]
    digests = {found.digest for found in batch.letters}
    if bytes(letter.digest) in digests or (faults and not batch.rows):
        return _refused(faults[0])
    # The other faults of the message have letters of their own already.
    known = set(map(bytes, DeadLetter.objects.filter(digest__in=digests).values_list("digest", flat=True)))
    batch.letters = [found for found in batch.letters if found.digest not in known]
    stored = store_batch(batch=batch, messages=1, registry=registry, now=clock.now())
    return STORED, "", stored.new


def _read_of_edge(letter: DeadLetter, known: KnownEdges) -> tuple[str, str, int]:
    found = read_letter(letter, known)
    own = [fault for fault in found.faults if fault.reason == letter.reason]
    if own or not found.rows:
        return _refused((own or found.faults)[0])
    ensure_partitions(days={row.at.date() for row in found.rows})
    return STORED, "", store_readings(rows=[], history=found.rows).new


def _refused(fault: Fault) -> tuple[str, str, int]:
    return REFUSED, f"{fault.reason}: {fault.detail}" if fault.detail else fault.reason, 0


@transaction.atomic
def discard_letters(*, ids: Iterable[int], actor: User | None, reason: str) -> int:
    """Set letters aside for good, with a reason; return how many. They stay to be looked at.

    Raises:
        InvalidInput: no reason.
    """
    reason = reason.strip()[:500]
    if not reason:
        raise InvalidInput(errors={"reason": [_("Say why.")]})
    waiting = _decidable(actor).filter(pk__in=list(ids), replayed_at=None, discarded_at=None)
    return waiting.update(discarded_at=clock.now(), discard_reason=reason, decided_by=actor)
