"""Limits that survive carrier NAT: thousands of honest phones share one address, so the phone counts."""

from __future__ import annotations

from typing import Any

from rest_framework.request import Request
from rest_framework.throttling import SimpleRateThrottle

from maintenance.domain.phones import to_e164


class _Rate(SimpleRateThrottle):
    rate: str

    def get_rate(self) -> str:
        return self.rate


class ByPhone(_Rate):
    """Reports from one number."""

    scope = "report_phone"
    rate = "30/hour"

    def get_cache_key(self, request: Request, view: Any) -> str | None:
        if request.method != "POST":
            return None
        phone = request.data.get("phone") if hasattr(request.data, "get") else None
        number = to_e164(phone[:40]) if isinstance(phone, str) else None
        return number and self.cache_format % {"scope": self.scope, "ident": number}


class ByAddress(_Rate):
    """Reports from one address: a flood, never a neighbourhood behind one operator."""

    scope = "report_address"
    rate = "600/min"

    def get_cache_key(self, request: Request, view: Any) -> str | None:
        if request.method != "POST":
            return None
        return self.cache_format % {"scope": self.scope, "ident": self.get_ident(request)}


class Lookups(_Rate):
    """References tried by someone who is not signed in."""

    scope = "report_lookup"
    rate = "300/min"

    def get_cache_key(self, request: Request, view: Any) -> str | None:
        if request.user.is_authenticated:
            return None
        return self.cache_format % {"scope": self.scope, "ident": self.get_ident(request)}
