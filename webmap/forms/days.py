"""Days and instants as people write them here, whatever the language of their browser: day, month, year."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any, cast

from django import forms
from django.utils.translation import gettext_lazy

WRITTEN = "%d/%m/%Y"
READ = (WRITTEN, "%Y-%m-%d", "%d-%m-%Y", "%d.%m.%Y")
MOMENT_WRITTEN = f"{WRITTEN} %H:%M"
MOMENTS_READ = tuple(f"{day} {time}" for day in READ for time in ("%H:%M", "%H:%M:%S"))


def _attributes(kind: str, hint: Any, most: int) -> dict[str, Any]:
    # The language of the page decides how its digits run; a day is read from left to right.
    return {
        f"data-{kind}": gettext_lazy("Choose in a calendar"),
        "placeholder": hint,
        "autocomplete": "off",
        "maxlength": most,
        "dir": "ltr",
    }


class DayInput(forms.DateInput):
    """A field for a day; a script puts a calendar beside it."""

    def __init__(self) -> None:
        attributes = _attributes("day", gettext_lazy("dd/mm/yyyy"), 10) | {"inputmode": "numeric"}
        super().__init__(attrs=attributes, format=WRITTEN)


class MomentInput(forms.DateTimeInput):
    """A field for a day and an hour; a script puts a calendar beside it."""

    def __init__(self) -> None:
        super().__init__(
            attrs=_attributes("moment", gettext_lazy("dd/mm/yyyy hh:mm"), 19), format=MOMENT_WRITTEN
        )


class DayField(forms.DateField):
    """A day."""

    widget = DayInput

    def __init__(self, **options: Any) -> None:
        super().__init__(input_formats=READ, **options)


class MomentField(forms.DateTimeField):
    """A day and an hour, local."""

    widget = MomentInput

    def __init__(self, **options: Any) -> None:
        super().__init__(input_formats=MOMENTS_READ, **options)


def read_moment(text: str) -> datetime | None:
    """Read a local day and hour; None where it is none."""
    try:
        return cast("datetime | None", MomentField(required=False).clean(text))
    except forms.ValidationError:
        return None


def read_day(text: str) -> date | None:
    """Read a day from an address; None where it is none."""
    try:
        return cast("date | None", DayField(required=False).clean(text))
    except forms.ValidationError:
        return None
