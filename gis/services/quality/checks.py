"""The checks of this app, in the order in which they are told: what cuts supply first."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from gis.services.quality import preparing
from gis.services.quality.registry import QualityCheck, register_quality_check
from gis.statements import statement

CHECKS = (
    QualityCheck(
        "island",
        _("Isolated island"),
        _("%(nodes)s nodes, %(links)s links, %(points)s connection points hang together without a source."),
        _("Join it to its network, import the link that is missing, or say that it stands apart."),
        statement(__file__, "island"),
        whole=True,
        prepares=(preparing.island_nodes,),
        advice_near=_("%(other_kind)s %(other)s is %(distance)s away: join the two, if they are one place."),
    ),
    QualityCheck(
        "loop",
        _("Loop in a radial network"),
        _("In the present states %(links)s links form a mesh here; independent loops: %(loops)s."),
        _("Say which switch is normally open, or correct the state of one that was surveyed wrongly."),
        statement(__file__, "loop"),
        whole=True,
        prepares=(preparing.mesh_links,),
        utilities=frozenset({"electricity"}),
    ),
    QualityCheck(
        "unsnapped_end",
        _("Unsnapped end"),
        _("This end stops %(distance)s from %(other_kind)s %(other)s and is not joined to it."),
        _("Join it, if both are one place on the ground."),
        statement(__file__, "unsnapped_end"),
        prepares=(preparing.free_ends,),
    ),
    QualityCheck(
        "dangling_end",
        _("Dangling end"),
        _("%(other_kind)s %(other)s ends here and serves nobody."),
        _("Look what should follow; if it is capped, say that it ends here."),
        statement(__file__, "dangling_end"),
        prepares=(preparing.free_ends,),
    ),
    QualityCheck(
        "end_off_node",
        _("End drawn off its node"),
        _("The drawing stops %(distance)s from %(other_kind)s %(other)s, to which it is joined."),
        _("Draw the end to the node, if the node is where it should be."),
        statement(__file__, "end_off_node"),
    ),
    QualityCheck(
        "duplicate_node",
        _("Duplicate node"),
        _("%(other_kind)s %(other)s is at the same place (%(distance)s), and nothing joins the two."),
        _("Merge the two into one."),
        statement(__file__, "duplicate_node"),
        prepares=(preparing.free_ends,),
    ),
    QualityCheck(
        "duplicate_link",
        _("Duplicate link"),
        _("%(other_kind)s %(other)s joins the same two nodes with the same drawing, length and diameter."),
        _("Keep one of them; if two lie in one trench, ignore this with that reason."),
        statement(__file__, "duplicate_link"),
    ),
    QualityCheck(
        "duplicate_point",
        _("Duplicate connection point"),
        _("Its code differs from %(other)s, %(distance)s away, in its writing alone."),
        _("Find out which code the customer's file uses, and mend the other at its source."),
        statement(__file__, "duplicate_point"),
        whole=True,
        advice_near=_("Keep one: the code of the other becomes an old reference of it."),
    ),
    QualityCheck(
        "point_without_node",
        _("Connection point without node"),
        _("It is known by its place alone; the nearest is %(other_kind)s %(other)s, %(distance)s away."),
        _("Attach it to what serves it."),
        statement(__file__, "point_without_node"),
    ),
    QualityCheck(
        "point_without_zone",
        _("Connection point without zone"),
        _("It lies in zone %(other)s but is a member of no zone."),
        _("Make it a member of the zones that it lies in."),
        statement(__file__, "point_without_zone"),
        prepares=(preparing.zoneless,),
    ),
    QualityCheck(
        "point_outside_zones",
        _("Connection point outside every zone"),
        _("It lies in no zone; the nearest is %(other)s, %(distance)s away."),
        _("Redraw the zone, or mend the place of the point."),
        statement(__file__, "point_outside_zones"),
        prepares=(preparing.zoneless,),
        advice_near=_("Extend the zone to it, redraw the zone, or mend the place of the point."),
    ),
    QualityCheck(
        "overlapping_zones",
        _("Overlapping zones"),
        _("It shares %(area)s with zone %(other)s, of the same kind."),
        _("Leave the shared ground to one of the two."),
        statement(__file__, "overlapping_zones"),
        scope="zones",
    ),
)

for _check in CHECKS:
    register_quality_check(_check)
