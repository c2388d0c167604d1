"""Handing work that someone asked for to the worker."""

from __future__ import annotations

from typing import Any

from celery import Task
from kombu.exceptions import OperationalError

from backend.core.errors import WorkerUnreachable


def hand_over(task: Task, *arguments: Any) -> None:
    """Queue a task that nothing else would start, so that whoever asked is told when it cannot be.

    Raises:
        WorkerUnreachable: Redis does not answer.
    """
    try:
        task.apply_async(arguments, retry=False)
    except OperationalError as error:
        raise WorkerUnreachable from error
