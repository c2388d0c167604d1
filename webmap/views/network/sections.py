"""The pages of the network section, in the order of the tabs: one line for each."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from typing import Any

from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from webmap.views.network import EDITORS, READERS


@dataclass(frozen=True, slots=True)
class Section:
    """A page of the section: its URL name, a sprite icon, a short title, one sentence, and who may enter."""

    url_name: str
    icon: str
    title: Any
    text: Any
    roles: tuple[str, ...] = READERS


SECTIONS: tuple[Section, ...] = (
    Section("network", "layers", _("Networks"), _("What each network holds, and its files to take away.")),
    Section(
        "network_import",
        "upload",
        _("Import"),
        _("Bring a network from a file: checked first, written once you say so."),
        EDITORS,
    ),
    Section(
        "network_zones",
        "map",
        _("Zones"),
        _("Communes, districts, metered areas and feeders: where they lie and since when."),
    ),
    Section(
        "network_quality", "shield-check", _("Quality"), _("What is wrong with the networks, and its repair.")
    ),
    Section(
        "network_corrections",
        "pencil",
        _("Corrections"),
        _("What technicians found otherwise than drawn: accept it, or say why not."),
    ),
    Section("network_removed", "trash-2", _("Removed"), _("What was taken off the map, and back again.")),
)


@dataclass(frozen=True, slots=True)
class Tab:
    """A section as the page at hand shows it."""

    section: Section
    href: str
    current: bool


def tabs(roles: Collection[str], path: str) -> list[Tab]:
    """Return the pages that holders of these roles may enter, the one that `path` lies in marked."""
    allowed = {reverse(one.url_name): one for one in SECTIONS if not set(one.roles).isdisjoint(roles)}
    here = max((href for href in allowed if path.startswith(href)), key=len, default="")
    return [Tab(section, href, href == here) for href, section in allowed.items()]
