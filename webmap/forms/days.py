"""Days as people write them here, whatever the language of their browser: day, month, year."""

from __future__ import annotations

from datetime import date
from typing import Any, cast

from django import forms
from django.utils.translation import gettext_lazy

WRITTEN = "%d/%m/%Y"
READ = (WRITTEN, "%Y-%m-%d", "%d-%m-%Y", "%d.%m.%Y")


class DayInput(forms.DateInput):
    """A field for a day; a script puts a calendar beside it."""

    def __init__(self) -> None:
        hint = gettext_lazy("dd/mm/yyyy")
        # The language of the page decides how its digits run; a day is read from left to right.
        super().__init__(
            attrs={
                "data-day": gettext_lazy("Choose in a calendar"),
                "placeholder": hint,
                "inputmode": "numeric",
                "autocomplete": "off",
                "maxlength": 10,
                "dir": "ltr",
            },
            format=WRITTEN,
        )


class DayField(forms.DateField):
    """A day."""

    widget = DayInput

    def __init__(self, **options: Any) -> None:
        super().__init__(input_formats=READ, **options)


def read_day(text: str) -> date | None:
    """Read a day from an address; None where it is none."""
    try:
        return cast("date | None", DayField(required=False).clean(text))
    except forms.ValidationError:
        return None
