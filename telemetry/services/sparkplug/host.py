"""The loop of the Sparkplug host application: hold the lock, hear, store, ask for births."""

from __future__ import annotations

import threading
import time
from collections.abc import Sequence
from datetime import datetime

import structlog
from django.db import Error, InterfaceError, OperationalError

from backend.core import clock
from telemetry.domain.payloads import Fault
from telemetry.domain.sparkplug import Born, Data, Outcome, RebirthWanted, Refused, Sessions, rebirth_command
from telemetry.domain.sparkplug.sessions import refused
from telemetry.domain.sparkplug.topics import command_topic
from telemetry.ports import HostLink, Message
from telemetry.queries.sparkplug import KnownEdges, edges_to_ask, load_edges
from telemetry.services.ingest import Ingested
from telemetry.services.locks import SPARKPLUG_LOCK, SessionLock
from telemetry.services.notices import DEVICES_CHANNEL
from telemetry.services.sparkplug.recording import record
from telemetry.services.status import Heartbeat

log = structlog.get_logger(__name__)

LIMIT = 1000
IDLE_S = 0.1
STANDBY_S = 0.5
LONGEST_PAUSE_S = 5.0
RELOAD_S = 30.0
LOST_AFTER_S = 30.0


class SparkplugHost:
    """Follow the edge nodes of one broker, one process at a time; a second one waits and takes over.

    What edge nodes say is kept in memory while the database is away, up to the link's bound. After any time
    away, this host's or the broker's, every edge node known is asked for its births.
    """

    def __init__(self, link: HostLink, *, stopping: threading.Event, reorder_s: float) -> None:
        self._link = link
        self._stopping = stopping
        self._lock = SessionLock(SPARKPLUG_LOCK, listen=DEVICES_CHANNEL)
        self._sessions = Sessions(reorder_s=reorder_s)
        self._known: KnownEdges | None = None
        self._loaded_s = 0.0
        self._generation = -1
        self._running = self._waiting = False
        self._heard_s = 0.0
        self._heartbeat = Heartbeat("sparkplug")

    def run(self) -> None:
        """Work until told to stop; then say that the host goes."""
        pause_s = 0.2
        try:
            while not self._stopping.is_set():
                try:
                    self._step()
                    pause_s = 0.2
                except Error as error:
                    self._database_away(error, pause_s)
                    pause_s = min(pause_s * 2, LONGEST_PAUSE_S)
        finally:
            self._link.stop()
            self._lock.forget()

    def _step(self) -> None:
        if not self._lock.hold():
            self._stand_by()
            return
        if self._known is None:
            self._load()
        if not self._running:
            log.info("sparkplug.active")
            self._link.start()
            self._running, self._waiting, self._generation = True, False, -1
        messages = self._link.take(limit=LIMIT, timeout_s=IDLE_S)
        outcomes = self._follow(messages)
        for outcome in outcomes:
            if isinstance(outcome, RebirthWanted):
                log.info("sparkplug.rebirth_asked", edge=outcome.edge.path(), reason=outcome.reason)
                command = rebirth_command(now_ms=time.time_ns() // 1_000_000)
                self._link.publish(command_topic(outcome.edge), command)
        if outcomes:
            self._store(outcomes, messages)
        if self._heartbeat.is_due():
            self._chores(clock.now())

    def _follow(self, messages: Sequence[Message]) -> list[Outcome]:
        now, time_s = clock.now(), time.monotonic()
        done: list[Outcome] = []
        for message in messages:
            self._start_over(message.generation)
            done += self._hear(message, time_s)
        if self._link.is_online:
            self._heard_s = time_s
            if not messages:
                self._start_over(self._link.generation)
            done += self._sessions.tick(now=now, time_s=time_s)
        elif self._heard_s and time_s - self._heard_s > LOST_AFTER_S:
            self._heard_s = 0.0
            done += self._sessions.lose(now=now, reason="host_offline")
        return done

    def _hear(self, message: Message, time_s: float) -> list[Outcome]:
        """Take a message in; one that nobody foresaw is set aside and ends nothing."""
        topic, raw, at = message.topic, message.payload, message.received_at
        try:
            return self._sessions.receive(topic, raw, received_at=at, time_s=time_s)
        except Exception as error:
            log.exception("sparkplug.message_refused", topic=topic[:200])
            return [refused(topic, raw, at, Fault("not_storable", str(error)[:200]))]

    def _start_over(self, generation: int) -> None:
        """After time away nothing is known of any edge node: all are asked for their births."""
        if generation != self._generation:
            self._generation = generation
            self._sessions.resume(edges_to_ask())

    def _store(self, outcomes: list[Outcome], messages: Sequence[Message]) -> None:
        """Store, however long the database stays away."""
        pause_s = 0.2
        while not self._stopping.is_set():
            try:
                if not self._lock.hold():
                    self._stand_by()
                    return
                done = self._record(outcomes)
            except Error as error:
                self._database_away(error, pause_s)
                pause_s = min(pause_s * 2, LONGEST_PAUSE_S)
                continue
            first = messages[0].received_at if messages else clock.now()
            lag_s = (clock.now() - first).total_seconds()
            self._heartbeat.count(done + Ingested(messages=len(messages)), lag_s=lag_s)
            return

    def _record(self, outcomes: list[Outcome]) -> Ingested:
        """Store outcomes; what cannot be stored for what it holds is found and goes to the dead letters."""
        known = self._known or self._load()
        try:
            return record(outcomes=outcomes, known=known, now=clock.now())
        except (OperationalError, InterfaceError):
            raise
        except Exception as error:
            log.warning("sparkplug.batch_refused", outcomes=len(outcomes), error=str(error))
            if len(outcomes) == 1:
                return record(outcomes=_refusal(outcomes[0], error), known=known, now=clock.now())
        middle = len(outcomes) // 2
        return self._record(outcomes[:middle]) + self._record(outcomes[middle:])

    def _load(self) -> KnownEdges:
        before = self._known
        known = self._known = load_edges()
        self._loaded_s = time.monotonic()
        if before is not None:
            for edge, devices in known.by_node.items():
                fields = {(d.id, name) for d in devices for name in d.sensors}
                was = {(d.id, name) for d in before.by_node.get(edge, []) for name in d.sensors}
                if fields - was:
                    self._sessions.ask(edge, "new_sensors")
        return known

    def _chores(self, now: datetime) -> None:
        if self._lock.heard() or time.monotonic() - self._loaded_s > RELOAD_S:
            self._load()
        self._heartbeat.beat(
            now,
            state="active",
            buffered=self._link.buffered,
            connected=self._link.is_online,
            edges_online=self._sessions.online,
        )

    def _stand_by(self) -> None:
        if not self._waiting:
            log.info("sparkplug.standby", stood_down=self._running)
        if self._running:
            self._link.stop()
        self._running, self._waiting, self._known = False, True, None
        self._heartbeat.beat(clock.now(), state="standby")
        self._stopping.wait(STANDBY_S)

    def _database_away(self, error: Error, pause_s: float) -> None:
        log.warning("sparkplug.database_away", error=str(error).splitlines()[0], retry_in_s=pause_s)
        self._lock.forget()
        self._heartbeat.beat(clock.now(), state="database_away", buffered=self._link.buffered)
        self._stopping.wait(pause_s)


def _refusal(outcome: Outcome, error: Exception) -> list[Outcome]:
    if isinstance(outcome, Born | Data):
        return [Refused(outcome.message, Fault("not_storable", str(error).splitlines()[0]))]
    return []
