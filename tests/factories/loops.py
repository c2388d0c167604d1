"""Run a coroutine beside Chromium, whose own loop may already run in the thread of the tests."""

from __future__ import annotations

import asyncio
from collections.abc import Coroutine
from concurrent.futures import ThreadPoolExecutor
from typing import Any, TypeVar

Result = TypeVar("Result")


def finished(story: Coroutine[Any, Any, Result]) -> Result:
    """Return what a coroutine returns, run to its end on a loop of its own."""
    with ThreadPoolExecutor(1) as thread:
        return thread.submit(asyncio.run, story).result()
