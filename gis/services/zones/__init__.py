"""The only writers of zones, of who lies in them, and of who answers for them."""

from __future__ import annotations

from gis.services.zones.changing import ZoneChange, close_zone, describe_zone, draw_zone, redraw_zone
from gis.services.zones.dividing import Succession, merge_zones, split_zone
from gis.services.zones.drawing import NewZone, add_zones, check_zones
from gis.services.zones.jurisdictions import assign_jurisdiction
from gis.services.zones.memberships import MembershipChanges, derive_memberships
from gis.services.zones.outlines import Neighbours
from gis.services.zones.proposals import accept_proposal, dismiss_proposal, propose_zones
from gis.services.zones.removing import remove_zones

__all__ = [
    "MembershipChanges",
    "Neighbours",
    "NewZone",
    "Succession",
    "ZoneChange",
    "accept_proposal",
    "add_zones",
    "assign_jurisdiction",
    "check_zones",
    "close_zone",
    "derive_memberships",
    "describe_zone",
    "dismiss_proposal",
    "draw_zone",
    "merge_zones",
    "propose_zones",
    "redraw_zone",
    "remove_zones",
    "split_zone",
]
