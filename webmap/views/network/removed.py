"""What was removed from the networks, and back again."""

from __future__ import annotations

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from backend.core.decorators import role_required
from backend.core.domain.numbers import whole_number
from backend.core.queries.users import roles_of
from gis.errors import RestoreImpossible
from gis.queries.removed import removed_elements, removed_rows
from gis.services import restore_element
from webmap.attempts import Refusal, signed_in
from webmap.views.network import EDITORS, READERS

A_PAGE = 30
TABLES = {
    "link": gettext_lazy("Pipes, lines and devices"),
    "node": gettext_lazy("Nodes"),
    "connection_point": gettext_lazy("Connection points"),
}


@never_cache
@require_safe
@role_required(*READERS)
def listed(request: HttpRequest) -> HttpResponse:
    """List what was removed, newest first."""
    return _page(request, request.GET.get("table", "link"))


@require_POST
@role_required(*EDITORS)
def restore(request: HttpRequest, table: str, event_id: int) -> HttpResponse:
    """Bring an element back as it was."""
    if table not in TABLES:
        raise Http404
    person = signed_in(request)
    event = removed_elements(person, table).filter(pgh_id=event_id).first()
    if event is None:
        raise Http404
    try:
        back = restore_element(table=table, event_id=event_id, actor=person)
    except RestoreImpossible as error:
        reasons = [reason for given in error.extra["errors"].values() for reason in given]
        return _page(request, table, Refusal(409, " ".join([error.detail, *reasons])))
    messages.success(request, _("%(code)s is back on the map.") % {"code": back.code})
    return redirect(f"{request.path.split('/removed/')[0]}/removed/?table={table}")


def _page(request: HttpRequest, table: str, refusal: Refusal | None = None) -> HttpResponse:
    table = table if table in TABLES else "link"
    found = removed_elements(signed_in(request), table)
    code, before = request.GET.get("code", "").strip(), whole_number(request.GET.get("before", ""))
    if code:
        found = found.filter(code=code)
    if before is not None:
        found = found.filter(pgh_id__lt=before)
    events = list(found[: A_PAGE + 1])
    context = {
        "rows": removed_rows(events[:A_PAGE]),
        "earlier": events[A_PAGE - 1].pgh_id if len(events) > A_PAGE else None,
        "table": table,
        "tables": TABLES.items(),
        "code": code,
        "may_restore": bool(roles_of(request.user) & set(EDITORS)),
        "refusal": refusal,
    }
    return render(request, "network/removed.html", context, status=refusal.status if refusal else 200)
