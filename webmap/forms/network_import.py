"""How a file is to be understood: the questions that the file itself does not answer."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from django import forms
from django.core.validators import validate_slug
from django.utils.formats import localize
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from gis.domain.mapping import LARGEST_YAML, MappingError, read_mapping
from gis.queries.networks import networks_by_code
from gis.translating import isolated, translated

VECTOR = "vector"
FORMATS = [
    ("epanet", _("EPANET model (.inp)")),
    ("pandapower", _("pandapower network (.json)")),
    (VECTOR, _("Map layers: GeoPackage, zipped Shapefile, GeoJSON, CSV")),
]
UNITS = [
    ("", _("As the file says")),
    ("m", _("metres")),
    ("mm", _("millimetres")),
    ("ft", _("feet")),
    ("us-ft", _("US survey feet")),
    ("deg", _("degrees")),
]
EPSG = re.compile(r"(?:EPSG:)?(\d{4,6})", re.IGNORECASE)
NEW = "+"
"""What stands for a network that is not there yet: no code looks so."""
MODELS = ("epanet", "pandapower")


class Degrees(forms.FloatField):
    """A longitude, a latitude or a turn; both kinds of decimal mark are understood."""

    widget = forms.TextInput(attrs={"inputmode": "decimal", "class": "ltr", "autocomplete": "off"})

    def to_python(self, value: Any) -> Any:
        return super().to_python(value.replace(",", ".") if isinstance(value, str) else value)


class ImportOptionsForm(forms.Form):
    """Which network, in which format, and where on earth."""

    network = forms.ChoiceField(label=_("Network"))
    code = forms.CharField(
        label=_("Code of the new network"),
        help_text=_("Short, in small letters, for example ltown."),
        max_length=40,
        required=False,
        validators=[validate_slug],
        widget=forms.TextInput(attrs={"class": "ltr mono", "autocomplete": "off", "spellcheck": "false"}),
    )
    name_fr = forms.CharField(label=_("Name in French"), max_length=120, required=False)
    name_ar = forms.CharField(label=_("Name in Arabic"), max_length=120, required=False)
    file_format = forms.ChoiceField(label=_("Format"), choices=FORMATS)
    crs = forms.CharField(
        label=_("Coordinate system"),
        help_text=_("Needed where the file does not say it, for example EPSG:26191 (Merchich / Nord Maroc)."),
        max_length=20,
        required=False,
        widget=forms.TextInput(attrs={"class": "ltr mono", "list": "systems", "autocomplete": "off"}),
    )
    unit = forms.ChoiceField(label=_("Unit of the coordinates"), choices=UNITS, required=False)
    crs_choice = forms.ChoiceField(
        label=_("Where would the data lie?"), required=False, widget=forms.RadioSelect
    )
    mapping = forms.CharField(
        label=_("What the layers mean"),
        help_text=_("In YAML: which layer is what, and which field holds which figure."),
        max_length=LARGEST_YAML,
        required=False,
        strip=False,
        widget=forms.Textarea(
            attrs={"class": "mono ltr", "dir": "ltr", "rows": 16, "spellcheck": "false", "wrap": "off"}
        ),
    )
    lon = Degrees(label=_("Longitude"), min_value=-180, max_value=180, required=False)
    lat = Degrees(label=_("Latitude"), min_value=-90, max_value=90, required=False)
    rotation = Degrees(label=_("Turned by (degrees)"), min_value=-360, max_value=360, required=False)

    def __init__(self, *args: Any, question: Mapping[str, Any] | None = None, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.zones_alone = self.is_bound and self._brings_zones_alone()
        asked = (self.data.get("network") if self.is_bound else self.initial.get("network")) or NEW
        self.fields["network"].required = not self.zones_alone
        for name in ("code", "name_fr", "name_ar"):
            self.fields[name].required = asked == NEW and not self.zones_alone
        file_format = self.data.get("file_format") if self.is_bound else self.initial.get("file_format")
        self.fields["mapping"].required = file_format == VECTOR
        candidates = question["candidates"] if question else ()
        self.fields["crs_choice"].choices = [(one["crs"], _told(one)) for one in candidates]  # type: ignore[attr-defined]
        known = [(code, f"{name} ({code})") for code, name in networks_by_code().items()]
        self.fields["network"].choices = [(NEW, _("A new network")), *known]  # type: ignore[attr-defined]

    def clean_crs(self) -> str:
        given: str = self.cleaned_data["crs"].strip()
        if not given:
            return ""
        if not (match := EPSG.fullmatch(given)):
            raise forms.ValidationError(_("Write it as EPSG:26191."))
        return f"EPSG:{match[1]}"

    def clean_mapping(self) -> str:
        given: str = self.cleaned_data["mapping"]
        if self.data.get("file_format") == VECTOR:
            try:
                read_mapping(given)
            except MappingError as error:
                lines = [
                    f"{isolated(path)}: {', '.join(map(translated, said))}"
                    for path, said in error.errors.items()
                ]
                raise forms.ValidationError(lines) from error
        return given

    def _brings_zones_alone(self) -> bool:
        if self.data.get("file_format") != VECTOR:
            return False
        try:
            return not read_mapping(self.data.get("mapping", "")).has_elements
        except MappingError:
            return False

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        if data.get("network") == NEW and data.get("code") in networks_by_code():
            self.add_error("code", _("There is a network of this code: choose it above."))
        if (data.get("lon") is None) != (data.get("lat") is None):
            self.add_error("lat", _("A place is a longitude and a latitude."))
        return data

    def options(self) -> dict[str, Any]:
        """Return what the import is told."""
        data = self.cleaned_data
        new = data["network"] == NEW and not self.zones_alone
        placed = data["lon"] is not None and data["file_format"] in MODELS
        return {
            "network": None if self.zones_alone else data["code"] if new else data["network"],
            "names": [data["name_fr"], data["name_ar"]] if new else None,
            "file_format": data["file_format"],
            "crs": data["crs"] or data["crs_choice"],
            "mapping": data["mapping"],
            "unit": data["unit"],
            "place": [data["lon"], data["lat"], data["rotation"] or 0.0] if placed else None,
        }


def initial_of(options: dict[str, Any]) -> dict[str, Any]:
    """Return what the form starts with: what was answered before."""
    names = options.get("names") or ["", ""]
    place = options.get("place") or [None, None, None]
    known = options.get("network") in networks_by_code()
    return {
        **options,
        "network": options.get("network") if known else NEW,
        "code": "" if known else options.get("network") or "",
        "name_fr": names[0],
        "name_ar": names[1],
        **dict(zip(("lon", "lat", "rotation"), place, strict=True)),
    }


def _told(candidate: Mapping[str, Any]) -> str:
    """Say where a coordinate system would put the middle of the data."""
    place = f"{localize(candidate['lat'])}, {localize(candidate['lon'])}"
    inside = (
        gettext("inside the service area")
        if candidate["inside_area"]
        else gettext("outside the service area")
    )
    return f"{candidate['crs']} {candidate['name']} – {place} ({inside})"
