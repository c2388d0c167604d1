"""What is asked to draw, redraw, part, join, name and end zones, and to have some proposed."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from django import forms
from django.contrib.gis.gdal import GDALException
from django.contrib.gis.geos import GEOSException, GEOSGeometry
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from backend.core import clock
from backend.core.errors import InvalidInput
from gis.queries.zoning import KINDS, UTILITIES, networks_to_part
from gis.services import Neighbours
from webmap.forms.days import DayField

LONGEST_OUTLINE = 4_000_000


class OutlineField(forms.CharField):
    """A geometry as GeoJSON in longitude and latitude: the map writes it, and people may paste one."""

    widget = forms.Textarea(attrs={"rows": 4, "dir": "ltr", "class": "mono", "data-outline": ""})

    def __init__(self, **options: Any) -> None:
        super().__init__(max_length=LONGEST_OUTLINE, **options)

    def clean(self, value: Any) -> GEOSGeometry:
        text = super().clean(value)
        try:
            found = GEOSGeometry(text)
        except (ValueError, GEOSException, GDALException) as error:
            raise forms.ValidationError(_("This is not an outline in GeoJSON.")) from error
        found.srid = 4326
        return found


class SinceField(DayField):
    """The local day from which a change holds; today means from this moment."""

    def __init__(self, **options: Any) -> None:
        options.setdefault("label", gettext_lazy("In force from"))
        options.setdefault("initial", lambda: clock.local_day(clock.now()))
        super().__init__(**options)

    def clean(self, value: Any) -> datetime | None:
        day: date | None = super().clean(value)
        return None if day is None or day == clock.local_day(clock.now()) else clock.day_bounds(day)[0]


class ReasonField(forms.CharField):
    """Why, in a few words."""

    def __init__(self) -> None:
        super().__init__(label=gettext_lazy("Reason"), max_length=200, required=False)


NEIGHBOURS = [
    (Neighbours.TAKE.value, gettext_lazy("They give way: their outlines are redrawn around it")),
    (Neighbours.CUT.value, gettext_lazy("They stay: the outline is cut at their borders")),
    (Neighbours.OVERLAP.value, gettext_lazy("Both stay as drawn: the smaller zone holds what both cover")),
]


class NeighboursField(forms.ChoiceField):
    """What becomes of zones of the same kind that an outline runs over."""

    widget = forms.RadioSelect

    def __init__(self) -> None:
        super().__init__(
            label=gettext_lazy("Zones it runs over"), choices=NEIGHBOURS, initial=Neighbours.TAKE.value
        )

    def clean(self, value: Any) -> Neighbours:
        return Neighbours(super().clean(value))


class ChangeForm(forms.Form):
    """A form whose refusals read like those of the services."""

    def checked(self) -> dict[str, Any]:
        """Return what was asked.

        Raises:
            InvalidInput: some of it cannot be used.
        """
        if not self.is_valid():
            raise InvalidInput(
                errors={name: [str(line) for line in lines] for name, lines in self.errors.items()}
            )
        return self.cleaned_data


class DescribeForm(ChangeForm):
    """The names of a zone and the zone it hangs from."""

    name_fr = forms.CharField(label=gettext_lazy("Name in French"), max_length=120)
    name_ar = forms.CharField(
        label=gettext_lazy("Name in Arabic"), max_length=120, widget=forms.TextInput(attrs={"dir": "rtl"})
    )
    parent = forms.CharField(
        label=gettext_lazy("Code of the zone it hangs from"),
        max_length=40,
        required=False,
        widget=forms.TextInput(attrs={"list": "zone-codes", "dir": "ltr"}),
    )


class NewZoneForm(DescribeForm):
    """A zone to draw."""

    code = forms.CharField(
        label=gettext_lazy("Code"), max_length=40, widget=forms.TextInput(attrs={"dir": "ltr"})
    )
    kind = forms.ChoiceField(label=gettext_lazy("Kind"), choices=KINDS, initial="dma")
    utility = forms.ChoiceField(
        label=gettext_lazy("Utility"), choices=[("", gettext_lazy("All")), *UTILITIES], required=False
    )
    at = SinceField()
    neighbours = NeighboursField()
    outline = OutlineField(label=gettext_lazy("Outline"))

    field_order = ("code", "kind", "utility", "name_fr", "name_ar", "parent", "at", "neighbours", "outline")


class RedrawForm(ChangeForm):
    """A boundary to move."""

    at = SinceField()
    reason = ReasonField()
    neighbours = NeighboursField()
    outline = OutlineField(label=gettext_lazy("Outline"))


class SplitForm(ChangeForm):
    """A line along which to part a zone."""

    at = SinceField()
    reason = ReasonField()
    outline = OutlineField(label=gettext_lazy("Line"))


class CloseForm(ChangeForm):
    """An end."""

    at = SinceField(label=gettext_lazy("Ends on"))
    reason = ReasonField()


class MergeForm(ChangeForm):
    """Zones to make one of."""

    others = forms.CharField(
        label=gettext_lazy("Codes of the zones to join it with"),
        widget=forms.TextInput(attrs={"list": "zone-codes", "dir": "ltr"}),
    )
    code = forms.CharField(
        label=gettext_lazy("Code of the new zone"),
        max_length=40,
        widget=forms.TextInput(attrs={"dir": "ltr"}),
    )
    name_fr = forms.CharField(label=gettext_lazy("Name in French"), max_length=120)
    name_ar = forms.CharField(
        label=gettext_lazy("Name in Arabic"), max_length=120, widget=forms.TextInput(attrs={"dir": "rtl"})
    )
    at = SinceField()
    reason = ReasonField()

    def clean_others(self) -> list[str]:
        return self.cleaned_data["others"].replace(",", " ").split()


class ProposeForm(ChangeForm):
    """Which network to part, and how finely."""

    network = forms.ChoiceField(label=gettext_lazy("Network"), choices=networks_to_part)
    fewest = forms.IntegerField(
        label=gettext_lazy("Fewest connection points"), min_value=1, max_value=100_000, initial=10
    )
    borders = forms.CharField(
        label=gettext_lazy("Further borders"),
        help_text=gettext_lazy("Codes of open valves or pipes at which areas end: where a meter stands."),
        required=False,
        widget=forms.TextInput(attrs={"dir": "ltr"}),
    )

    def clean_borders(self) -> list[str]:
        return self.cleaned_data["borders"].replace(",", " ").split()
