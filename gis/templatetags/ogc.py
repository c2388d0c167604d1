"""How the pages of the OGC API show the values of features."""

from __future__ import annotations

import json
from typing import Any

from django import template
from django.utils.html import format_html
from django.utils.safestring import SafeString

from gis.queries.features import Property

register = template.Library()


@register.simple_tag
def value(feature: dict[str, Any], one: Property) -> SafeString:
    """Write a value as GeoJSON has it; nothing where there is none."""
    found = feature["properties"][one.name]
    if found is None or found in ("", {}):
        return SafeString("")
    text = found if isinstance(found, str) else json.dumps(found, ensure_ascii=False)
    return format_html('<bdi class="mono">{}</bdi>' if one.type != "string" else "<bdi>{}</bdi>", text)
