"""Device families: how their messages are read, tried on a real message, then saved."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django.conf import settings
from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.core.exceptions import ValidationError as Unsound
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_safe

from backend.core import clock
from backend.core.decorators import role_required
from backend.core.domain.numbers import whole_number
from backend.core.errors import InvalidInput
from backend.core.queries.users import roles_of
from telemetry.adapters.mqtt import listen_once
from telemetry.domain.mappings import TopicPattern
from telemetry.queries import families as queries
from telemetry.queries.dead_letters import (
    LetterFilter,
    as_text,
    letter,
    letters_for_preview,
    visible_letters,
)
from telemetry.queries.modbus import modbus_devices
from telemetry.queries.previews import Preview, preview_message
from telemetry.services import save_family
from telemetry.services.registers import TriedValue, try_map
from webmap.attempts import Refusal, attempt, seen_version, signed_in
from webmap.forms.families import Draft, draft_from, draft_of, new_draft
from webmap.forms.registers import ORDERS
from webmap.forms.row_moves import is_move
from webmap.views.telemetry import EDITORS, READERS
from webmap.views.telemetry.offered_metrics import metrics_context, taken_row

FORMATS = ("rfc3339", "epoch_s", "epoch_ms", "epoch_us")
EMPTY: dict[str, dict[str, Any]] = {
    "mqtt": {"protocol": "mqtt", "mapping": {"topic": "", "ts": "$.ts"}, "sensors": []},
    "modbus": {"protocol": "modbus", "sensors": []},
    "sparkplug": {"protocol": "sparkplug", "sensors": []},
}
LONGEST_PAYLOAD = 262_144


@never_cache
@require_safe
@role_required(*READERS)
def listed(request: HttpRequest) -> HttpResponse:
    """List the families."""
    context = {"families": queries.families(), "can_edit": _can_edit(request)}
    return render(request, "telemetry/families.html", context)


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
@role_required(*READERS)
def family(request: HttpRequest, code: str = "") -> HttpResponse:
    """Show one family or a new one; try it on a message; save it."""
    kept = queries.family(code) if code else None
    if code and kept is None:
        raise Http404
    declaration = kept.declaration if kept else _empty(request)
    if request.method != "POST":
        if not code and not _can_edit(request):
            raise PermissionDenied
        draft = draft_of(code, declaration) if kept else new_draft(declaration)
        draft.as_yaml = request.GET.get("mode") == "yaml"
        return _page(request, kept, draft, sent={"letter": request.GET.get("letter", "")})
    if not _can_edit(request):
        raise PermissionDenied
    named = code or request.POST.get("code", "").strip()
    draft = draft_from(named, declaration, request.POST, taken_row(request, kept))
    if request.POST.get("action") == "save":
        return _save(request, kept, draft)
    return _tried(request, kept, draft)


def _tried(request: HttpRequest, kept: Any, draft: Draft) -> HttpResponse:
    """Show what a family would come to, on a message or on the registers of a device; write nothing."""
    action, sent = request.POST.get("action", ""), _sent(request)
    if is_move(action):
        return _page(request, kept, draft, sent=sent)
    status = 200 if draft.entry is not None else 422
    tried: list[TriedValue] = []
    refusal = None
    if action == "listen" and draft.entry is not None:
        sent |= _heard(request, draft)
    elif action == "read" and (entry := draft.entry) is not None:
        refusal = attempt(
            lambda: tried.extend(try_map(user=signed_in(request), device=sent["try_device"], entry=entry))
        )
        status = refusal.status if refusal else 200
    return _page(request, kept, draft, sent=sent, refusal=refusal, status=status, tried=tried)


def _sent(request: HttpRequest) -> dict[str, str]:
    """Return what it is tried on."""
    return {
        name: request.POST.get(name, "")
        for name in ("letter", "topic_of_message", "message", "try_device", "like", "in_name")
    }


def _empty(request: HttpRequest) -> dict[str, Any]:
    """Return a new family of the protocol asked for."""
    sent = request.POST if request.method == "POST" else request.GET
    return EMPTY.get(sent.get("protocol", ""), EMPTY["mqtt"])


def _save(request: HttpRequest, kept: Any, draft: Draft) -> HttpResponse:
    sent = _sent(request)
    if draft.entry is None or not draft.code:
        if not draft.code:
            draft.errors.append(_("Give the family a code."))
        return _page(request, kept, draft, sent=sent, status=422)
    entry = draft.entry

    def save() -> None:
        try:
            save_family(code=draft.code, entry=entry, version=seen_version(request))
        except Unsound as error:
            raise InvalidInput(errors={"code": error.messages}) from None

    if refusal := attempt(save):
        return _page(request, kept, draft, sent=sent, refusal=refusal, status=refusal.status)
    if draft.protocol == "modbus":
        messages.success(request, _("Saved. The devices of the family are read by it within seconds."))
    else:
        messages.success(request, _("Saved. The ingesters read by it within seconds."))
    return redirect("telemetry_family", draft.code)


def _heard(request: HttpRequest, draft: Draft) -> dict[str, str]:
    """Wait a moment for a message on the topics of the family."""
    mapping = draft.entry.mapping if draft.entry else None
    topic = TopicPattern.of(mapping.topic).subscription if mapping else "telemetry/+"
    try:
        heard = listen_once(settings.MQTT_URL, topic)
    except (OSError, ValueError):
        messages.error(request, _("The broker cannot be reached."))
        return {}
    text = as_text(heard.payload) if heard else None
    if heard is None or text is None:
        messages.warning(request, _("No message came on %(topic)s.") % {"topic": topic})
        return {}
    return {"letter": "", "topic_of_message": heard.topic, "message": heard.payload.decode()}


def _page(
    request: HttpRequest,
    kept: Any,
    draft: Draft,
    *,
    sent: dict[str, str],
    refusal: Refusal | None = None,
    status: int = 200,
    tried: Sequence[TriedValue] = (),
) -> HttpResponse:
    can_edit = _can_edit(request)
    is_mqtt = draft.protocol == "mqtt"
    is_modbus = draft.protocol == "modbus"
    context = {
        "family": kept,
        "draft": draft,
        "refusal": refusal,
        "sent": sent,
        "preview": _preview(request, draft, sent) if draft.entry and is_mqtt else None,
        "letters": letters_for_preview(draft.code, request.user) if can_edit else [],
        "waiting": _waiting(request, draft) if kept and can_edit and is_mqtt else 0,
        "formats": FORMATS,
        "can_edit": can_edit,
        "protocol": draft.protocol,
        "is_mqtt": is_mqtt,
        "orders": ORDERS,
        "devices": modbus_devices(request.user, family=draft.code) if can_edit and is_modbus else [],
        "tried": [(one, draft.places.get(one.key, 0)) for one in tried],
        "is_changed": request.method == "POST",
    }
    if can_edit and draft.protocol == "sparkplug" and not draft.as_yaml:
        context |= metrics_context(request, kept, draft, sent)
    return render(request, "telemetry/family.html", context, status=status)


def _waiting(request: HttpRequest, draft: Draft) -> int:
    return LetterFilter(family=draft.code, among=visible_letters(request.user)).letters().count()


def _preview(request: HttpRequest, draft: Draft, sent: dict[str, str]) -> Preview | None:
    assert draft.entry is not None
    chosen = letter(whole_number(sent.get("letter", "")) or 0, request.user)
    topic = sent.get("topic_of_message", "").strip()
    payload, received_at = sent.get("message", "").encode()[:LONGEST_PAYLOAD], clock.now()
    if chosen is not None:
        topic, payload, received_at = chosen.topic, bytes(chosen.payload), chosen.received_at
    if not topic:
        return None
    return preview_message(
        code=draft.code, entry=draft.entry, topic=topic, payload=payload, received_at=received_at
    )


def _can_edit(request: HttpRequest) -> bool:
    return bool(roles_of(request.user) & set(EDITORS))
