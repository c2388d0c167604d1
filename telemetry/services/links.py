"""Let state sensors tell whether pumps, valves and switches are open."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from functools import partial

import structlog
from django.db import transaction

from backend.core.errors import ChabakaError
from gis.services import set_link_state
from telemetry.domain.quality import Quality
from telemetry.queries.registry import Registry
from telemetry.services.readings import Row

log = structlog.get_logger(__name__)


def drive_links(*, rows: Sequence[Row], moved: Collection[int], registry: Registry) -> None:
    """Set the state of links whose sensor moved to another state, in the caller's transaction."""
    driving = registry.driven.keys() & set(moved) if registry.driven else ()
    for sensor_id in driving:
        newest = max((row for row in rows if row.sensor_id == sensor_id), key=lambda row: row.at)
        driven = registry.driven[sensor_id]
        state = driven.states.get(newest.value) if newest.value is not None else None
        if state is None or newest.quality != Quality.GOOD or registry.last_states.get(sensor_id) == state:
            continue
        try:
            set_link_state(link_id=driven.link_id, state=state, at=newest.at, source="telemetry")
        except ChabakaError as error:
            log.warning("telemetry.link_not_set", link_id=driven.link_id, error=str(error))
        transaction.on_commit(partial(registry.last_states.__setitem__, sensor_id, state))
