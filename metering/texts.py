"""The words of this app that are not on a page: why a row was refused, what an SMS says."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from metering.domain.rows import Reason

REASONS: dict[str, Promise] = {
    Reason.INCOMPLETE: gettext_lazy("A cell is missing"),
    Reason.UNKNOWN_METER: gettext_lazy("This meter is not known"),
    Reason.BAD_TIME: gettext_lazy("The time cannot be read"),
    Reason.NO_OFFSET: gettext_lazy("The time has no offset (write +01:00 or Z)"),
    Reason.FUTURE: gettext_lazy("The time lies in the future"),
    Reason.NOT_INSTALLED: gettext_lazy("The meter was not in place then"),
    Reason.BAD_VALUE: gettext_lazy("The value is not a number"),
    Reason.NEGATIVE: gettext_lazy("A register cannot be negative"),
    Reason.BEYOND_DIAL: gettext_lazy("The value has more digits than the dial"),
    Reason.BAD_UNIT: gettext_lazy("The unit is not one of this meter's"),
}


def unusual_consumption(context: Mapping[str, Any]) -> str:
    """Return the SMS that warns of unusual consumption.

    The French and English texts keep to the GSM-7 alphabet (m3, no ê, no curly apostrophe): one segment.
    """
    if context["utility"] == "electricity":
        text = _(
            "Your electricity this week: %(value)s kWh, against %(previous)s on the same days last year "
            "(x%(ratio)s). Meter %(meter)s."
        )
    else:
        text = _(
            "Your water this week: %(value)s m3, against %(previous)s on the same days last year "
            "(x%(ratio)s). Please check for a leak. Meter %(meter)s."
        )
    return text % context
