"""What a report says, before it is sent."""

from __future__ import annotations

from dataclasses import dataclass

from django.utils.translation import gettext as _

from backend.core.domain.phones import national_form
from gis import queries as gis
from maintenance import queries as maintenance
from webmap.drafts import Draft


@dataclass(frozen=True, slots=True)
class Answer:
    """One line of the summary. `number` marks what reads left to right in every language."""

    step: str
    question: str
    answers: tuple[str, ...]
    number: bool = False


def summary_of(draft: Draft) -> list[Answer]:
    """List the questions and what was answered, with the step that changes each."""
    names = {category.code: category.name for category in maintenance.categories()}
    phone = draft.details.get("phone", "")
    text = draft.details.get("text", "")
    return [
        Answer("where", _("Where"), _where(draft)),
        Answer("what", _("What is wrong"), (names.get(draft.category, draft.category),)),
        Answer("details", _("In your words"), (text,) if text else ()),
        Answer("details", _("Phone"), (national_form(phone),) if phone else (), number=True),
    ]


def _where(draft: Draft) -> tuple[str, ...]:
    where = draft.where
    lines = [where.get("place", "")]
    if code := where.get("zone"):
        zone = gis.zone_by_code(code)
        lines.append(zone.name if zone else code)
    if number := where.get("connection_point"):
        lines.append(_("Connection %(number)s") % {"number": number})
    elif where.get("lon") is not None:
        lines.append(_("A point on the map"))
    return tuple(line for line in lines if line)
