"""The three questions of a report."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from backend.core.errors import InvalidInput
from backend.core.fields import PhoneField
from gis import queries as gis
from maintenance import queries as maintenance
from maintenance import services


class CoordinateField(forms.FloatField):
    """A hidden number that a script may fill; what is not a number counts as not filled."""

    widget = forms.HiddenInput

    def __init__(self, limit: float) -> None:
        super().__init__(required=False)
        self.limit = limit

    def clean(self, value: Any) -> float | None:
        try:
            number: float | None = super().clean(value)
        except forms.ValidationError:
            return None
        return number if number is not None and abs(number) <= self.limit else None


class WhereForm(forms.Form):
    """A point, the number of a connection, a district, or words: any of them will do."""

    place = forms.CharField(
        label=_("Address or landmark"),
        help_text=_("Street and number, a building, a mosque, a school: something people know."),
        max_length=250,
        required=False,
        widget=forms.TextInput(attrs={"autocomplete": "street-address"}),
    )
    zone = forms.ChoiceField(label=_("Your district"), required=False)
    connection_point = forms.CharField(
        label=_("Connection number"),
        help_text=_("It is on your bill, for example W-00042."),
        max_length=20,
        required=False,
        widget=forms.TextInput(attrs={"class": "ltr", "autocomplete": "off", "autocapitalize": "characters"}),
    )
    lon = CoordinateField(180)
    lat = CoordinateField(90)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        districts = [
            (zone.code, zone.name) for zone in gis.public_zones() if zone.kind in {"district", "dma"}
        ]
        self.fields["zone"].choices = [("", _("I do not know")), *districts]  # type: ignore[attr-defined]

    def clean_connection_point(self) -> str:
        code: str = self.cleaned_data["connection_point"].replace(" ", "").upper()
        if not code:
            return ""
        found = gis.connection_points_by_code(code)
        if not found:
            raise forms.ValidationError(
                _("This number is not known. Check it on your bill, or leave it empty.")
            )
        self.connection = found[0]
        return code

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        if data.get("lon") is None or data.get("lat") is None:
            data["lon"] = data["lat"] = None
        connection = getattr(self, "connection", None)
        if connection is not None and data["lon"] is None:
            data["lon"], data["lat"] = connection.lon, connection.lat
        given = data["lon"] is not None or data.get("place", "").strip() or data.get("zone")
        if not given and not self.errors:
            self.add_error(
                "place", _("Say where it is: an address, a landmark, a district or a connection number.")
            )
        return data


class WhatForm(forms.Form):
    """The kind of problem."""

    category = forms.ChoiceField(
        label=_("What is wrong?"),
        widget=forms.RadioSelect,
        error_messages={"required": _("Choose what is wrong.")},
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.categories = list(maintenance.categories())
        choices = [(category.code, category.name) for category in self.categories]
        self.fields["category"].choices = choices  # type: ignore[attr-defined]


class DetailsForm(forms.Form):
    """What helps the team, and how to tell the person."""

    text = forms.CharField(
        label=_("Describe it in your words"),
        help_text=_("Since when, how bad, who is affected."),
        max_length=4000,
        required=False,
        widget=forms.Textarea(attrs={"rows": 4}),
    )
    photo = forms.FileField(
        label=_("A photo"),
        help_text=_("Of the place, not of people. Only the picture is kept, without its position."),
        required=False,
        widget=forms.FileInput(attrs={"accept": "image/jpeg,image/png,image/webp", "data-shrink": ""}),
        allow_empty_file=False,
    )
    phone = PhoneField(
        label=_("Your phone"),
        help_text=_("To be told by SMS when it is received, under way and repaired. Used for nothing else."),
        required=False,
    )

    def clean_photo(self) -> bytes:
        file = self.cleaned_data.get("photo")
        if not file:
            return b""
        try:
            return services.clean_photo(file).content
        except InvalidInput as error:
            raise forms.ValidationError(error.extra["errors"]["photo"]) from None
