"""Dead letters: what could not be read and why; read again once that is mended, or set aside."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlencode

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse, QueryDict
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext, pgettext_lazy
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from backend.core.decorators import role_required
from backend.core.domain.numbers import whole_number
from backend.core.services.work import hand_over
from telemetry.queries.dead_letters import STATES, LetterFilter, as_hex, as_text, letter, visible_letters
from telemetry.queries.families import families
from telemetry.queries.letter_metrics import payload_of
from telemetry.services.replaying import Replayed, discard_letters, replay_letters
from telemetry.tasks import replay_dead_letters
from webmap.attempts import attempt, signed_in
from webmap.views.telemetry import EDITORS

PAGE = 50
MOST_AT_ONCE = 200
"""Letters read again while the person waits; more are read by the worker."""
MOST_BY_WORKER = 20_000
NAMES = ("state", "reason", "device", "family", "topic")
STATE_NAMES = {
    "waiting": pgettext_lazy("letters", "Waiting"),
    "refused": pgettext_lazy("letters", "Refused again"),
    "replayed": pgettext_lazy("letters", "Read again"),
    "discarded": pgettext_lazy("letters", "Set aside"),
    "all": pgettext_lazy("letters", "All"),
}


@never_cache
@require_safe
@role_required(*EDITORS)
def listed(request: HttpRequest) -> HttpResponse:
    """Show the letters asked for, counted by reason."""
    asked = _asked(request.GET)
    found = LetterFilter(**asked, among=visible_letters(request.user))
    page = Paginator(found.letters().select_related("device"), PAGE).get_page(request.GET.get("page"))
    context = {
        "asked": asked,
        "page": page,
        "reasons": found.reasons(),
        "families": families(),
        "states": [(code, STATE_NAMES[code], _query(asked | {"state": code})) for code in STATES],
        "shown": _query(asked),
    }
    return render(request, "telemetry/letters.html", context)


@never_cache
@require_safe
@role_required(*EDITORS)
def one(request: HttpRequest, letter_id: int) -> HttpResponse:
    """Show one letter: its payload as text, as the metrics of an edge node, or as bytes."""
    found = letter(letter_id, request.user)
    if found is None:
        raise Http404
    payload = bytes(found.payload)
    context = {
        "letter": found,
        "told": payload_of(found),
        "text": as_text(payload),
        "hex": as_hex(payload),
        "families": families(),
    }
    return render(request, "telemetry/letter.html", context)


@require_POST
@role_required(*EDITORS)
def decide(request: HttpRequest) -> HttpResponse:
    """Read those ticked again, or all that the page was asked for; or set them aside."""
    asked = _asked(QueryDict(request.POST.get("shown", "").removeprefix("?")))
    if request.POST.get("all"):
        among = visible_letters(request.user)
        oldest = LetterFilter(**asked, among=among).letters().order_by("received_at", "pk")
        chosen = list(oldest.values_list("pk", flat=True)[:MOST_BY_WORKER])
    else:
        ticked = [whole_number(text) for text in request.POST.getlist("ids")]
        chosen = [pk for pk in ticked if pk is not None][:MOST_AT_ONCE]
    if not chosen:
        messages.warning(request, _("Nothing was ticked."))
    elif request.POST.get("action") == "discard":
        _discard(request, chosen)
    elif len(chosen) > MOST_AT_ONCE:
        _hand_over(request, chosen)
    else:
        _tell(request, replay_letters(ids=chosen, actor=signed_in(request)))
    back = whole_number(request.POST.get("letter", ""))
    return redirect(
        reverse("telemetry_letter", args=[back]) if back else reverse("telemetry_letters") + _query(asked)
    )


def _hand_over(request: HttpRequest, chosen: list[int]) -> None:
    refusal = attempt(lambda: hand_over(replay_dead_letters, chosen, signed_in(request).pk))
    if refusal:
        messages.error(request, refusal.message)
    else:
        messages.info(request, _("The worker reads them again; reload this page to see what comes of it."))


def _discard(request: HttpRequest, chosen: list[int]) -> None:
    done: list[int] = []
    reason = request.POST.get("why", "")
    refusal = attempt(
        lambda: done.append(discard_letters(ids=chosen, actor=signed_in(request), reason=reason))
    )
    if refusal:
        messages.error(request, refusal.message)
    else:
        text = ngettext("%(n)s letter was set aside.", "%(n)s letters were set aside.", done[0])
        messages.success(request, text % {"n": done[0]})


def _tell(request: HttpRequest, done: Replayed) -> None:
    if done.stored:
        text = ngettext(
            "%(n)s letter was read again; new readings: %(readings)s.",
            "%(n)s letters were read again; new readings: %(readings)s.",
            done.stored,
        )
        messages.success(request, text % {"n": done.stored, "readings": done.readings})
    if done.refused:
        text = ngettext(
            "%(n)s letter still cannot be read.", "%(n)s letters still cannot be read.", done.refused
        )
        messages.warning(request, text % {"n": done.refused})
    if done.truncated:
        text = ngettext(
            "%(n)s letter was too long to be kept whole.",
            "%(n)s letters were too long to be kept whole.",
            done.truncated,
        )
        messages.warning(request, text % {"n": done.truncated})


def _asked(sent: QueryDict) -> dict[str, Any]:
    asked = {name: sent.get(name, "")[:200].replace("\0", "") for name in NAMES}
    return asked | {"state": asked["state"] if asked["state"] in STATES else "waiting"}


def _query(asked: dict[str, Any]) -> str:
    return "?" + urlencode({name: value for name, value in asked.items() if value})
