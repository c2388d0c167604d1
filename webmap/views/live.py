"""`/live/`: what changes on the networks, as it is committed."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator

from asgiref.sync import sync_to_async
from django.db import connections
from django.http import HttpRequest, HttpResponse, JsonResponse, StreamingHttpResponse
from django.http.response import HttpResponseBase
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET
from rest_framework.exceptions import AuthenticationFailed

from backend.core import clock
from backend.core.api.authentication import TokenAuthentication
from backend.core.domain.numbers import whole_number
from webmap.live.client import Client
from webmap.live.frames import RETRY, LiveEvent
from webmap.live.hub import Hub, running_hub
from webmap.live.source import Source

HEARTBEAT_S = 15.0


@require_GET
async def live(request: HttpRequest) -> HttpResponseBase:
    """Stream a snapshot, what was missed since `Last-Event-ID`, then every change; to staff, else 403."""
    user_id = await _who(request)
    source = Source()
    rights = await source.rights_of(user_id) if user_id is not None else None
    await sync_to_async(connections.close_all)()
    if user_id is None or rights is None:
        return _refused()
    hub = await running_hub()
    client = Client(user_id, rights.sensors, get_language() or "fr")
    last = whole_number(request.headers.get("Last-Event-ID") or request.GET.get("last", ""))
    response = StreamingHttpResponse(_stream(hub, source, client, last), content_type="text/event-stream")
    response["Cache-Control"] = "no-store"
    response["X-Accel-Buffering"] = "no"
    return response


async def _stream(hub: Hub, source: Source, client: Client, last: int | None) -> AsyncIterator[bytes]:
    hub.clients.add(client)
    try:
        yield RETRY
        async for frame in _begin(hub, source, client, last):
            yield frame
        while not client.closed:
            events = await client.waiting(HEARTBEAT_S)
            for event in events or (_beat(),):
                yield event.encoded()
            if client.lost:
                client.lost = False
                async for frame in _begin(hub, source, client, client.after):
                    yield frame
    except asyncio.CancelledError:
        raise
    finally:
        hub.clients.discard(client)


async def _begin(hub: Hub, source: Source, client: Client, last: int | None) -> AsyncIterator[bytes]:
    """Send the snapshot, then what happened since `last`: a screen that was away misses no event."""
    client.after = max(client.after, hub.sequence)
    until = client.after
    snapshot = await source.snapshot(client, until if last is None else min(last, until))
    yield snapshot.encoded()
    if last is None:
        return
    changes = [change for change in await source.changes_after(last) if change.seq <= until]
    for event in await source.events_for(client.user_id, client.language, changes):
        yield event.encoded()


def _beat() -> LiveEvent:
    return LiveEvent("beat", {"at": clock.now()})


async def _who(request: HttpRequest) -> int | None:
    user = await request.auser()
    if user.is_authenticated:
        return user.pk
    if "Authorization" not in request.headers:
        return None
    try:
        found = await sync_to_async(TokenAuthentication().authenticate)(request)
    except AuthenticationFailed:
        return None
    return found[0].pk if found else None


def _refused() -> HttpResponse:
    body = {
        "type": "urn:chabaka:problem:forbidden",
        "title": _("Your role does not allow this."),
        "status": 403,
        "code": "forbidden",
    }
    return JsonResponse(body, status=403, content_type="application/problem+json")
