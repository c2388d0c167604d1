"""What the reporter may still do: answer a question, ask for reopening."""

from __future__ import annotations

import hmac

from django.db import transaction
from django.utils.translation import gettext as _

from backend.core.errors import InvalidInput, NotFound, TransitionForbidden
from backend.core.models import User
from maintenance.domain.references import parse_reference
from maintenance.domain.texts import cleaned
from maintenance.models import Report
from maintenance.services.intake import TEXT_LENGTH, normalise_phone
from maintenance.services.states import transition_report


@transaction.atomic
def request_reopening(*, reference: str, reason: str, phone: str = "", actor: User | None = None) -> Report:
    """Ask that a resolved or closed report be taken up again, within 14 days.

    The reference proves who asks; when the report has a phone, that number too.

    Raises:
        NotFound: there is no such report.
        InvalidInput: no reason, or another phone.
        TransitionForbidden: too late, or not resolved.
    """
    report = _proved(reference, phone, actor)
    return transition_report(
        report=report, to="reopen_requested", actor=actor, reason=_text(reason, "reason"), as_reporter=True
    )


@transaction.atomic
def answer_information(*, reference: str, text: str, phone: str = "", actor: User | None = None) -> Report:
    """Answer what we asked; the answer is kept with the change of state.

    Raises:
        NotFound, InvalidInput, TransitionForbidden: as for `request_reopening`.
    """
    report = _proved(reference, phone, actor)
    if report.state != "info_requested":
        raise TransitionForbidden(current=report.state, version=report.version, allowed=[])
    return transition_report(
        report=report, to="triaged", actor=actor, reason=_text(text, "text"), as_reporter=True
    )


def _proved(reference: str, phone: str, actor: User | None) -> Report:
    report = Report.objects.filter(reference=parse_reference(reference) or "").first()
    if report is None:
        raise NotFound
    if actor is not None and actor.pk == report.reporter_id:
        return report
    if report.phone and not hmac.compare_digest(normalise_phone(phone), report.phone):
        raise InvalidInput(errors={"phone": [_("Give the number the report was filed with.")]})
    return report


def _text(text: str, field: str) -> str:
    text = cleaned(text)
    if not text:
        raise InvalidInput(errors={field: [_("Write something.")]})
    if len(text) > TEXT_LENGTH:
        raise InvalidInput(errors={field: [_("The text is too long: 4000 characters at most.")]})
    return text
