"""Zones that the networks themselves suggest, and what becomes of them."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

import pytest

from backend.core.errors import InvalidInput
from gis.errors import NoSuchProposal, UnknownElements
from gis.models import ConnectionPoint, Network, Zone, ZoneProposal
from gis.queries import connection_points_in
from gis.services import (
    DerivationRule,
    NetworkNames,
    accept_proposal,
    derive_connection_points,
    derive_memberships,
    dismiss_proposal,
    import_network,
    propose_zones,
)
from tests.factories.core import salma
from tests.factories.gis import built, customers, square, zone
from tests.integration.gis.conftest import SCHUTTERWALD_PLACE

pytestmark = pytest.mark.django_db

NOW = datetime(2026, 7, 1, tzinfo=UTC)


@pytest.fixture
def street() -> Network:
    network = built("R1 --p1-- a --p2-- b >>prv1>> c --p3-- d =/v1/= e --p4-- f")
    customers(network, C1="a", C2="b", C3="c", C4="d", C5="e", C6="f")
    return network


def codes(zone_code: str) -> set[str]:
    found = connection_points_in(Zone.objects.get(code=zone_code), datetime.now(UTC))
    return set(found.values_list("code", flat=True))


def test_a_street_is_proposed_in_the_parts_its_valves_bound(street: Network) -> None:
    found = {one.code: one for one in propose_zones(network_code="rue", fewest=1)}
    assert set(found) == {"dma-r1", "dma-prv1", "dma-e"}
    fed = found["dma-prv1"]
    assert (fed.points, fed.held, fed.evidence["inlets"], fed.evidence["closed"]) == (2, 2, ["prv1"], ["v1"])
    assert (fed.name_fr, fed.name_ar) == ("Secteur prv1", "القطاع prv1")
    assert found["dma-e"].evidence["supplied"] is False


def test_small_areas_are_not_proposed_and_further_borders_may_be_named(street: Network) -> None:
    assert [one.points for one in propose_zones(network_code="rue", fewest=2)] == [2, 2, 2]
    assert propose_zones(network_code="rue", fewest=3) == []
    cut = propose_zones(network_code="rue", borders=["p2"], fewest=1)
    assert sorted(one.points for one in cut) == [1, 1, 2, 2]
    assert ZoneProposal.objects.count() == 4, "new proposals stand in the place of the old"
    with pytest.raises(UnknownElements):
        propose_zones(network_code="rue", borders=["p99"])


def test_an_accepted_proposal_is_a_zone_with_its_members(street: Network) -> None:
    one = ZoneProposal.objects.get(pk=propose_zones(network_code="rue", fewest=2)[0].pk)
    accept_proposal(proposal_id=one.pk, actor=salma(), code="nord", name_fr="Nord", name_ar="الشمال")
    assert codes("nord") == set(
        ConnectionPoint.objects.filter(geom__intersects=one.geom).values_list("code", flat=True)
    )
    one.refresh_from_db()
    assert (one.state, one.zone.code if one.zone else None) == ("accepted", "nord")
    with pytest.raises(NoSuchProposal):
        accept_proposal(proposal_id=one.pk)


def test_a_proposal_may_redraw_the_zone_that_holds_most_of_its_customers(street: Network) -> None:
    zone("old", square(-2.3185, 34.9195, 0.001), utility="water")
    derive_memberships()
    proposals = {one.code: one for one in propose_zones(network_code="rue", fewest=2)}
    one = proposals["dma-prv1"]
    assert one.zone is None or one.zone.code != "old"
    before = proposals["dma-r1"]
    assert before.zone is not None
    accept_proposal(proposal_id=before.pk, redraw=True)
    assert codes("old") == {"C1", "C2"}
    with pytest.raises(InvalidInput):
        accept_proposal(proposal_id=one.pk, redraw=True)


def test_a_code_that_a_zone_or_a_proposal_elsewhere_has_is_numbered(street: Network) -> None:
    zone("dma-prv1", square(10, 10))
    propose_zones(network_code="rue", fewest=1)
    other = built("R1 --p1-- a =/v1/= e --p4-- f", code="autre")
    customers(other, D1="a", D2="f")
    found = {one.code for one in propose_zones(network_code="autre", fewest=1)}
    assert found == {"dma-r1-2", "dma-e-2"}
    assert "dma-prv1-2" in {one.code for one in propose_zones(network_code="rue", fewest=1)}


def test_a_proposal_set_aside_keeps_its_reason(street: Network) -> None:
    one = propose_zones(network_code="rue", fewest=1)[0]
    dismiss_proposal(proposal_id=one.pk, actor=salma(), reason="Vanne ouverte depuis")
    one.refresh_from_db()
    assert (one.state, one.reason, one.decided_by and one.decided_by.username) == (
        "dismissed",
        "Vanne ouverte depuis",
        "salma",
    )


def test_l_town_is_parted_into_the_areas_its_authors_give_it(ltown: Network) -> None:
    """L-TOWN's paper names areas A, B (behind PRV-3) and C (behind the tank, whose outlet is p239)."""
    derive_connection_points(network_code="ltown", rule=DerivationRule())
    found = propose_zones(network_code="ltown", borders=["p239"])
    inlets = [set(one.evidence["inlets"]) for one in found]
    assert len(found) == 3
    assert {"PRV-1", "PRV-2"} <= inlets[0]
    assert {"PRV-3"} in inlets
    assert any("p239" in one for one in inlets), inlets
    assert sum(one.points for one in found) > 0.99 * ConnectionPoint.objects.count()
    assert all(one.held >= 0.97 * one.points for one in found)


def test_a_low_voltage_network_is_parted_by_its_transformers(db: None, schutterwald_file: Path) -> None:
    import_network(
        path=schutterwald_file,
        code="sw",
        file_format="pandapower",
        names=NetworkNames("S", "س"),
        crs="EPSG:32632",
        place=SCHUTTERWALD_PLACE,
    )
    found = propose_zones(network_code="sw", fewest=1)
    assert len(found) == 14
    assert {one.kind for one in found} == {"transformer"}
    assert sum(one.points for one in found) == ConnectionPoint.objects.count()
    assert all(len(one.evidence["inlets"]) == 1 for one in found)
