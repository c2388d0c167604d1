"""A first mapping proposed from the names of fields; whatever it says, it can be read."""

from __future__ import annotations

from gis.domain.drafts import draft_mapping
from gis.domain.mapping import LinkLayer, NodeLayer, ZoneLayer, read_mapping


def test_fields_of_usual_names_find_their_figures() -> None:
    drafted = read_mapping(
        draft_mapping(
            [
                ("conduites", "LineString", ["OBJECTID", "ID", "DN", "Longueur", "Materiau"]),
                ("secteurs", "MultiPolygon", ["code", "nom"]),
            ]
        )
    )
    pipes, zones = drafted.layers
    assert isinstance(pipes, LinkLayer)
    assert (pipes.code.field, pipes.diameter_mm and pipes.diameter_mm.field) == ("ID", "DN")
    assert set(pipes.attributes) == {"OBJECTID", "Materiau"}
    assert isinstance(zones, ZoneLayer)
    assert (zones.kind.value, zones.name_fr and zones.name_fr.field) == ("dma", "nom")
    assert drafted.utility == "water"


def test_a_table_is_taken_for_customers_at_its_coordinates() -> None:
    (points,) = read_mapping(draft_mapping([("clients", None, ["ref", "lon", "lat"])])).layers
    assert points.coordinates is not None
    assert (points.model, points.coordinates.x, points.coordinates.y) == ("connection_point", "lon", "lat")


def test_a_layer_without_a_known_field_still_makes_a_mapping_to_mend() -> None:
    (nodes,) = read_mapping(draft_mapping([("points", "3D Point", ["a: b", "é"])])).layers
    assert nodes.model == "connection_point"
    (nodes,) = read_mapping(draft_mapping([("vannes", "Point", ["a: b", "é"])])).layers
    assert isinstance(nodes, NodeLayer)
    assert nodes.code.field == "a: b"
