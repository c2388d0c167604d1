"""Try registers: what words mean in every type and order, read from a device now or pasted."""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from backend.core.decorators import role_required
from backend.core.domain.numbers import whole_number
from backend.core.errors import InvalidInput
from telemetry.domain.register_guesses import Guess
from telemetry.queries.modbus import REGISTER_TABLES, modbus_devices
from telemetry.services.registers import Tried, guess_words, try_registers
from webmap.attempts import attempt, signed_in
from webmap.forms.registers import ORDERS, TABLE_NAMES
from webmap.views.telemetry import EDITORS


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
@role_required(*EDITORS)
def registers(request: HttpRequest) -> HttpResponse:
    """Ask for words or a place, and show what they could mean."""
    asked = {name: request.POST.get(name, "")[:2000] for name in ("device", "table", "address", "words")}
    asked["count"] = request.POST.get("count", "4")[:4]
    tried: list[Tried] = []
    refusal = attempt(lambda: tried.append(_try(request, asked))) if request.method == "POST" else None
    context = {
        "asked": asked,
        "devices": modbus_devices(request.user),
        "tables": [(code, TABLE_NAMES[code]) for code in REGISTER_TABLES],
        "orders": ORDERS,
        "words": [(place, word, f"{word:04X}") for place, word in enumerate(tried[0].words)] if tried else [],
        "rows": list(_rows(tried[0].guesses)) if tried else [],
        "refusal": refusal,
    }
    return render(request, "telemetry/registers.html", context, status=refusal.status if refusal else 200)


def _try(request: HttpRequest, asked: dict[str, str]) -> Tried:
    if request.POST.get("from") == "words":
        return guess_words(words=_words(asked["words"]))
    address, count = whole_number(asked["address"]), whole_number(asked["count"])
    if address is None or count is None:
        raise InvalidInput(_("Address and number are whole numbers."))
    return try_registers(
        user=signed_in(request), device=asked["device"], table=asked["table"], address=address, count=count
    )


def _words(text: str) -> list[int]:
    """Read words as people write them: decimal, or hexadecimal after 0x."""
    parts = [part for part in re.split(r"[\s,;]+", text) if part]
    try:
        return [int(part, 0) for part in parts]
    except ValueError as error:
        raise InvalidInput(_("Words are numbers, such as 16712 or 0x4148.")) from error


def _rows(guesses: Iterable[Guess]) -> Iterable[dict[str, Any]]:
    """Return one row for each type, its guesses in the order of the columns."""
    by_type: dict[str, dict[str, Guess]] = {}
    for guess in guesses:
        by_type.setdefault(guess.type, {})[guess.order] = guess
    for kind, found in by_type.items():
        yield {"type": kind, "cells": [(order, found.get(order)) for order in ORDERS]}
