"""Signals of this app. They may be lost: what must not be lost goes through the outbox."""

from __future__ import annotations

from django.dispatch import Signal

outbox_written = Signal()
"""Sent on commit with `topic` when an event was written."""
