"""What someone says of the program a key is for."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

LASTING = {90: _("Three months"), 365: _("One year"), 30: _("One month")}


class AccessKeyForm(forms.Form):
    """A name to know the key by, and how long it lasts."""

    name = forms.CharField(
        label=_("What the key is for"),
        help_text=_("The program and the computer, for example: QGIS, office."),
        max_length=60,
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
    )
    days = forms.TypedChoiceField(label=_("How long it lasts"), choices=list(LASTING.items()), coerce=int)

    def clean_name(self) -> Any:
        return " ".join(self.cleaned_data["name"].split())
