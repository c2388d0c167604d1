"""Form fields that several apps use."""

from __future__ import annotations

from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from backend.core.domain.phones import normalise_phone


class PhoneField(forms.CharField):
    """Takes a number as people type it and gives E.164."""

    default_error_messages = {"invalid": _("Enter a phone number, for example 06 12 34 56 78.")}

    def __init__(self, **kwargs: Any) -> None:
        kwargs.setdefault("max_length", 30)
        kwargs.setdefault(
            "widget",
            forms.TextInput(attrs={"type": "tel", "autocomplete": "tel", "dir": "ltr", "inputmode": "tel"}),
        )
        super().__init__(**kwargs)

    def clean(self, value: Any) -> str:
        text = super().clean(value)
        if not text:
            return ""
        number = normalise_phone(text)
        if number is None:
            raise ValidationError(self.error_messages["invalid"], code="invalid")
        return number
