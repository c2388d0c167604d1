"""Signals of this app, sent on commit. They may be lost: they refresh caches and maps, nothing more."""

from __future__ import annotations

from django.dispatch import Signal

network_changed = Signal()
"""Sent with `network_id` when elements of a network, or the state of a link, changed."""

export_waiting = Signal()
"""Sent with `job_id` when a file of a network waits to be written. A sweep finds it if this is lost."""

undo_waiting = Signal()
"""Sent with `record_id` when an import waits to be undone by the worker. A sweep finds it if this is lost."""

import_waiting = Signal()
"""Sent with `job_id` when a file waits for the worker. Should it be lost, a sweep finds the file."""
