"""Answer a request in one thread, from the first middleware to the last.

Django's own handler goes back to the event loop between any two middlewares that wait for nothing: some
twenty changes of thread, and a thread made and ended for each request. Together they cost more than most
answers.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextvars import copy_context
from tempfile import SpooledTemporaryFile
from typing import Any

from asgiref.sync import ThreadSensitiveContext
from django.conf import settings
from django.core import signals
from django.core.exceptions import RequestAborted
from django.core.handlers.asgi import ASGIHandler, get_script_prefix
from django.core.handlers.base import BaseHandler
from django.db import close_old_connections
from django.http.response import HttpResponseBase
from django.urls import set_script_prefix

Body = SpooledTemporaryFile[bytes]


class ThreadedHandler(ASGIHandler):
    """An ASGI handler with `settings.WEB_THREADS` threads; more requests than that wait their turn.

    Addresses under `settings.WAITING_PATHS` are left to Django's own way: views that wait, and static files.
    """

    def __init__(self) -> None:
        super().__init__()
        self._in_thread = BaseHandler()
        self._in_thread.load_middleware()
        self._threads = ThreadPoolExecutor(settings.WEB_THREADS, thread_name_prefix="web")

    async def __call__(self, scope: Any, receive: Callable[[], Any], send: Callable[[Any], Any]) -> None:
        if scope["type"] != "http" or scope["path"].startswith(settings.WAITING_PATHS):
            return await super().__call__(scope, receive, send)
        try:
            body = await self.read_body(receive)
        except RequestAborted:
            return None
        response = await self._run(self._answer, scope, body)
        if not response.streaming:
            return await self.send_response(response, send)
        async with ThreadSensitiveContext():
            try:
                await self._stream(response, receive, send)
            finally:
                await self._run(response.close)

    async def _run(self, work: Callable[..., Any], *given: Any) -> Any:
        """Run in a thread, where nothing is left of other requests."""
        loop = asyncio.get_running_loop()
        return await loop.run_in_executor(self._threads, copy_context().run, work, *given)

    def _answer(self, scope: Any, body: Body) -> Any:
        """Make the answer and let go of the database, before anything is sent: the client may be slow."""
        set_script_prefix(get_script_prefix(scope))
        signals.request_started.send(sender=self.__class__, scope=scope)
        request, refusal = self.create_request(scope, body)
        response: Any = refusal if request is None else self._in_thread.get_response(request)
        response._handler_class = self.__class__
        if response.streaming:
            close_old_connections()
        else:
            response.close()
        body.close()
        return response

    async def _stream(self, response: HttpResponseBase, receive: Any, send: Any) -> None:
        """Send piece by piece, until the end or until nobody listens any more."""
        sending = asyncio.create_task(self.send_response(response, send))
        leaving = asyncio.create_task(self.listen_for_disconnect(receive))
        try:
            await asyncio.wait((sending, leaving), return_when=asyncio.FIRST_COMPLETED)
        finally:
            sending.cancel()
            leaving.cancel()
            await asyncio.gather(sending, leaving, return_exceptions=True)
        if not sending.cancelled():
            sending.result()
