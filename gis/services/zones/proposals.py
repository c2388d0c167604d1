"""Propose zones from what a network's own devices bound, and take or set aside what is proposed."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from datetime import datetime

from django.contrib.gis.geos import GEOSGeometry
from django.db import transaction
from django.utils.text import slugify
from django.utils.translation import gettext as _

from backend.core import clock
from backend.core.errors import InvalidInput
from backend.core.models import User
from gis.domain.graph import NetworkGraph
from gis.errors import NoSuchProposal
from gis.models import Network, Utility, Zone, ZoneKind, ZoneProposal
from gis.models.proposals import ProposalState
from gis.queries.topology import network_graph
from gis.services.zones.changing import ZoneChange, draw_zone, redraw_zone
from gis.services.zones.drawing import NewZone
from gis.services.zones.outlines import Neighbours, as_area
from gis.services.zones.surveying import Surveyed, survey

PROPOSED = {Utility.WATER.value: ZoneKind.DMA.value, Utility.ELECTRICITY.value: ZoneKind.TRANSFORMER.value}
"""The kind of zone that a network of a utility suggests."""
NAMES = {
    ZoneKind.DMA.value: ("dma", "Secteur {}", "القطاع {}"),
    ZoneKind.TRANSFORMER.value: ("tr", "Poste {}", "المحول {}"),
}
FEWEST_POINTS = 10
MOST_NAMED = 20
"""Of the devices that bound an area, so many are named; all are counted."""


@transaction.atomic
def propose_zones(
    *, network_code: str, borders: Collection[str] = (), fewest: int = FEWEST_POINTS
) -> list[ZoneProposal]:
    """Propose the areas of a network as zones, in the place of what was proposed of it before.

    Water is parted at closed valves and at those that set what enters, electricity below transformers.

    Args:
        borders: codes of further links at which areas end: open valves with a meter, for one.
        fewest: areas with fewer connection points than this are not worth a zone.

    Raises:
        NoSuchNetwork: there is none of this code.
        UnknownElements: a border names no link.
        InvalidInput: nothing is proposed for networks of this utility.
    """
    known = network_graph(network_code)
    if (kind := PROPOSED.get(known.utility)) is None:
        raise InvalidInput(errors={"network": [_("Zones are proposed for water and electricity only.")]})
    Network.objects.select_for_update().get(pk=known.id)
    found = survey(known.graph, network_id=known.id, kind=kind, borders=borders, fewest=fewest)
    ZoneProposal.objects.filter(network_id=known.id, state=ProposalState.OPEN).delete()
    ordered = sorted(found, key=lambda one: -one.points)
    labels = _labels(known.graph, ordered)
    proposals = [
        _proposal(known.id, kind, known.graph, one, label) for one, label in zip(ordered, labels, strict=True)
    ]
    return ZoneProposal.objects.bulk_create(_with_free_codes(proposals))


@transaction.atomic
def accept_proposal(
    *,
    proposal_id: int,
    actor: User | None = None,
    code: str | None = None,
    name_fr: str = "",
    name_ar: str = "",
    parent: str | None = None,
    at: datetime | None = None,
    neighbours: Neighbours = Neighbours.TAKE,
    redraw: bool = False,
) -> ZoneChange:
    """Draw the zone proposed as of `at` (now), or redraw the zone in force that holds most of its points.

    Args:
        code: of the new zone, as proposed unless told; so are the names.
        redraw: redraw the zone that the proposal names instead of drawing a new one.

    Raises:
        NoSuchProposal: there is none waiting of this id.
        InvalidInput: the zone cannot be drawn so.
    """
    proposal = _waiting(proposal_id)
    reason = _("Proposed from the network %s.") % proposal.network.code
    if redraw and proposal.zone is None:
        raise InvalidInput(errors={"redraw": [_("No zone holds these connection points yet.")]})
    if redraw and proposal.zone is not None:
        change = redraw_zone(
            code=proposal.zone.code,
            geom=proposal.geom,
            at=at,
            neighbours=neighbours,
            actor=actor,
            reason=reason,
        )
    else:
        new = NewZone(
            code or proposal.code,
            proposal.kind,
            name_fr or proposal.name_fr,
            name_ar or proposal.name_ar,
            proposal.geom,
            proposal.network.utility,
            parent,
            at,
        )
        change = draw_zone(new=new, neighbours=neighbours, actor=actor, reason=reason)
    _decide(proposal, ProposalState.ACCEPTED, actor, zone=change.zone)
    return change


@transaction.atomic
def dismiss_proposal(*, proposal_id: int, actor: User | None = None, reason: str = "") -> None:
    """Set a proposal aside.

    Raises:
        NoSuchProposal: there is none waiting of this id.
    """
    _decide(_waiting(proposal_id), ProposalState.DISMISSED, actor, reason=reason)


def _waiting(proposal_id: int) -> ZoneProposal:
    waiting = ZoneProposal.objects.select_for_update(of=("self",)).filter(state=ProposalState.OPEN)
    proposal = waiting.select_related("network", "zone").filter(pk=proposal_id).first()
    if proposal is None:
        raise NoSuchProposal
    return proposal


def _decide(
    proposal: ZoneProposal,
    state: ProposalState,
    actor: User | None,
    *,
    zone: Zone | None = None,
    reason: str = "",
) -> None:
    proposal.state, proposal.reason = state, reason
    proposal.zone = zone or proposal.zone
    proposal.decided_at, proposal.decided_by = clock.now(), actor
    proposal.save(update_fields=["state", "reason", "zone", "decided_at", "decided_by"])


def _labels(graph: NetworkGraph, found: Sequence[Surveyed]) -> Iterator[str]:
    """Name each area by what feeds it: its first inlet or source; by its first node where nothing does."""
    seen: set[str] = set()
    for one in found:
        area = one.area
        if len(area.inlets):
            label = graph.link_codes(area.inlets[:1])[0]
        else:
            label = graph.node_codes((area.sources if len(area.sources) else area.nodes)[:1])[0]
        named, number = label, 2
        while slugify(named) in seen:
            named, number = f"{label}-{number}", number + 1
        seen.add(slugify(named))
        yield named


def _with_free_codes(proposals: list[ZoneProposal]) -> list[ZoneProposal]:
    """Number the codes that zones or proposals elsewhere have; of a zone to redraw the code is its own."""
    prefix = NAMES[proposals[0].kind][0] if proposals else ""
    zones = dict(Zone.objects.filter(code__startswith=f"{prefix}-").values_list("code", "pk"))
    proposed = set(ZoneProposal.objects.filter(state=ProposalState.OPEN).values_list("code", flat=True))
    for one in proposals:
        stem, number = one.code[:36], 2
        while one.code in proposed or zones.get(one.code, one.zone_id) != one.zone_id:
            one.code, number = f"{stem}-{number}", number + 1
        proposed.add(one.code)
    return proposals


def _proposal(network_id: int, kind: str, graph: NetworkGraph, found: Surveyed, label: str) -> ZoneProposal:
    prefix, name_fr, name_ar = NAMES[kind]
    area = found.area
    return ZoneProposal(
        network_id=network_id,
        kind=kind,
        code=f"{prefix}-{slugify(label)}"[:40],
        name_fr=name_fr.format(label),
        name_ar=name_ar.format(label),
        geom=as_area(GEOSGeometry(found.outline.wkt, srid=4326)),
        points=found.points,
        held=found.held,
        zone_id=found.zone,
        evidence={
            "nodes": len(area.nodes),
            "supplied": area.distance is not None,
            "distance": area.distance,
            "sources": graph.node_codes(area.sources[:MOST_NAMED]),
            "source_count": len(area.sources),
            "inlets": graph.link_codes(area.inlets[:MOST_NAMED]),
            "inlet_count": len(area.inlets),
            "closed": graph.link_codes(area.closed[:MOST_NAMED]),
            "closed_count": len(area.closed),
        },
    )
