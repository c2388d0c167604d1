"""What is shown to others, and how long we know who reported (law 09-08)."""

from __future__ import annotations

from datetime import timedelta

from django.db import transaction
from django.utils.translation import gettext as _

from backend.core import clock
from backend.core.errors import InvalidInput, PermissionRefused
from backend.core.models import User
from backend.core.queries.users import roles_of
from backend.core.services import audit
from maintenance.domain.states import REPORT_OPEN
from maintenance.models import Report
from maintenance.models.scoping import DESK_READERS

PHONES_KEPT_FOR = timedelta(days=365)
MODERATORS = DESK_READERS - {"analyst", "administrator"}


@transaction.atomic
def moderate_report(*, report: Report, decision: str, actor: User) -> Report:
    """Say whether the text and photos of a report may be shown beyond the desk.

    Raises:
        InvalidInput: the decision is not one of `Report.Moderation`.
        PermissionRefused: the actor is no agent, dispatcher or supervisor.
    """
    if not roles_of(actor) & MODERATORS:
        raise PermissionRefused
    if decision not in Report.Moderation.values:
        raise InvalidInput(errors={"decision": [_("Choose pending, approved or withheld.")]})
    report = Report.objects.select_for_update(of=("self",)).get(pk=report.pk)
    report.moderation = decision
    report.version += 1
    report.save(update_fields=["moderation", "version"])
    audit.record(
        actor=actor, action="maintenance.report_moderated", subject=f"report:{report.pk}", decision=decision
    )
    return report


def forget_reporters() -> int:
    """Erase who filed the reports that ended a year ago; return how many."""
    over = Report.objects.filter(state_at__lt=clock.now() - PHONES_KEPT_FOR).exclude(state__in=REPORT_OPEN)
    known = over.exclude(phone="", reporter=None)
    return known.update(phone="", reporter=None)
