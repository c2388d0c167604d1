"""Tags that every page uses: the built front end, icons, states, and the switches of the header."""

from __future__ import annotations

import logging
from collections.abc import Mapping
from typing import Any

from django import template
from django.http import HttpRequest
from django.template.context import Context
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString

from backend.core import clock
from webmap import vite
from webmap.theme import COOKIE, theme_for
from webmap.views.network.sections import Tab, tabs
from webmap.views.telemetry import sections as telemetry_sections

register = template.Library()
log = logging.getLogger(__name__)


@register.simple_tag
def vite_entry(name: str) -> SafeString:
    """Write the style sheets and modules of a face."""
    if not vite.is_built():
        log.warning("the front end is not built: run `npm run build` in webmap/frontend")
        return SafeString("")
    files = vite.entry(name)
    styles = ((vite.url(f),) for f in files.styles)
    modules = ((vite.url(f),) for f in files.modules)
    return format_html(
        '{}{}<script type="module" src="{}"></script>',
        format_html_join("", '<link rel="stylesheet" href="{}">', styles),
        format_html_join("", '<link rel="modulepreload" href="{}">', modules),
        vite.url(files.script),
    )


@register.simple_tag
def built(file: str) -> str:
    """Return the address of a file of the front-end build (`mark.svg`)."""
    return vite.url(file)


@register.simple_tag
def icon(name: str, css: str = "", label: str = "") -> SafeString:
    """Draw an icon of the sprite: a Lucide name, or `asset-valve` for our own; silent without a label."""
    speech = format_html('role="img" aria-label="{}"', label) if label else SafeString('aria-hidden="true"')
    return format_html(
        '<svg class="icon {}" viewBox="0 0 24 24" {}><use href="{}#{}"/></svg>',
        css,
        speech,
        vite.icons_url(),
        name,
    )


@register.simple_tag
def icons_url() -> str:
    """Return the address of the sprite, for scripts."""
    return vite.icons_url()


SHAPES = {
    1: '<path fill="currentColor" d="M6.300 1h7.400L19 6.300v7.400L13.700 19H6.300L1 13.700V6.300z"/>',
    2: '<path fill="currentColor" d="M10 1.200 19.600 18.500H.400z"/>',
    3: '<rect fill="currentColor" x="2" y="2" width="16" height="16" rx="1.500"/>',
    4: '<circle fill="currentColor" cx="10" cy="10" r="8.500"/>',
}


@register.simple_tag
def priority(level: int, label: str = "") -> SafeString:
    """Draw an alarm priority: 1 octagon, 2 triangle, 3 square, 4 circle, each with its number."""
    level = min(max(int(level), 1), 4)
    speech = format_html('role="img" aria-label="{}"', label) if label else SafeString('aria-hidden="true"')
    return format_html(
        '<svg class="priority" data-priority="{}" viewBox="0 0 20 20" {}>{}'
        '<text x="10" y="{}">{}</text></svg>',
        level,
        speech,
        SafeString(SHAPES[level]),
        "16" if level == 2 else "14",
        level,
    )


@register.simple_tag
def badge(text: str, tone: str = "", icon_name: str = "") -> SafeString:
    """Say a state by shape, colour and word. Tones: critical, high, medium, active, done, quiet."""
    drawing = icon(icon_name) if icon_name else SafeString("")
    return format_html('<span class="badge-state" data-tone="{}">{}{}</span>', tone, drawing, text)


@register.simple_tag(takes_context=True)
def theme_attribute(context: Context, face: str = "public") -> SafeString:
    """Write `data-theme` on the root element when a theme is set; nothing means "as the device says"."""
    theme = theme_for(_cookies(context).get(COOKIE), face=face, now=clock.now())
    return format_html('data-theme="{}"', theme) if theme else SafeString("")


@register.simple_tag(takes_context=True)
def theme_pressed(context: Context, choice: str, face: str = "public") -> str:
    """Return "true" for the theme in force, for `aria-pressed`."""
    cookie = _cookies(context).get(COOKIE)
    return "true" if choice == (theme_for(cookie, face=face, now=clock.now()) or "auto") else "false"


@register.simple_tag(takes_context=True)
def language_url(context: Context, code: str) -> str:
    """Return the address of this same page in another language."""
    request: HttpRequest | None = context.get("request")
    if request is None:
        return f"?lang={code}"
    query = request.GET.copy()
    query["lang"] = code
    return f"{request.path}?{query.urlencode()}"


@register.simple_tag(takes_context=True)
def nav_link(context: Context, href: str, text: str) -> SafeString:
    """Link to a section, marked when the page lies in it."""
    request: HttpRequest | None = context.get("request")
    here = request is not None and (request.path == href or (href != "/" and request.path.startswith(href)))
    mark = SafeString(' aria-current="page"') if here else SafeString("")
    return format_html('<a href="{}"{}>{}</a>', href, mark, text)


@register.simple_tag(takes_context=True)
def network_tabs(context: Context) -> list[Tab]:
    """Return the pages of the network section that the reader may enter."""
    return tabs(context["roles"], context["request"].path)


@register.simple_tag(takes_context=True)
def telemetry_tabs(context: Context) -> list[Tab]:
    """Return the pages of the telemetry section that the reader may enter."""
    return telemetry_sections.tabs(context["roles"], context["request"].path)


def _cookies(context: Context) -> Mapping[str, Any]:
    request: HttpRequest | None = context.get("request")
    return request.COOKIES if request is not None else {}
