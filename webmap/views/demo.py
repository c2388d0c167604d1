"""The demo's telephone: every message that would have been sent."""

from __future__ import annotations

from itertools import groupby

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from backend.core.queries.messages import latest_messages


@never_cache
@require_safe
def sms(request: HttpRequest) -> HttpResponse:
    """Show the last messages as the phones that received them, the latest phone first."""
    if not settings.DEMO:
        raise Http404
    messages = latest_messages(limit=200)
    newest = {message.phone: place for place, message in reversed(list(enumerate(messages)))}
    ordered = sorted(messages, key=lambda message: (newest[message.phone], message.created_at))
    phones = [
        {"phone": phone, "messages": list(group)}
        for phone, group in groupby(ordered, lambda message: message.phone)
    ]
    return render(request, "demo/sms.html", {"phones": phones, "total": len(messages)})
