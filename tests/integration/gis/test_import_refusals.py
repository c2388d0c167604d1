"""What an import refuses is told in the language of the reader, with what would help."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from django.utils import translation

from gis.domain.mapping import read_mapping
from gis.errors import MappingRefused, PlaceUnknown, UnreadableFile
from gis.services import import_network
from tests.factories.models import published_model
from tests.factories.vector import point, write_layer, zipped

pytestmark = pytest.mark.django_db

NODES = read_mapping("{utility: water, layers: [{model: node, code: ID, attributes: [LIEU]}]}")


def told(path: Path, **options: Any) -> str:
    """Import a file that is refused, and return what is said of it."""
    options = {"code": "rue", "file_format": "vector", "mapping": NODES, **options}
    with pytest.raises((UnreadableFile, MappingRefused, PlaceUnknown)) as refused:
        import_network(path=path, **options)
    (said,) = next(iter(refused.value.extra["errors"].values()))
    return str(said)


def test_a_file_that_cannot_be_read_says_why_in_french_and_arabic(tmp_path: Path) -> None:
    path = tmp_path / "n.gpkg"
    path.write_bytes(b"no network")
    with translation.override("fr"):
        assert told(path) == "ni GeoPackage, ni Shapefile en zip, ni GeoJSON, ni FlatGeobuf, ni CSV"
    with translation.override("ar"):
        assert told(path).startswith("ليس GeoPackage")
    with translation.override("fr"):
        assert "n’y a pas de fichier" in told(tmp_path / "gone.gpkg")


def test_texts_in_another_encoding_are_named_as_such(tmp_path: Path) -> None:
    parts = tmp_path / "parts"
    parts.mkdir()
    rows = [(point(0, 0), {"ID": "N0", "LIEU": "Forêt"})]
    write_layer(parts / "n.shp", rows, driver="ESRI Shapefile", geometry="Point", encoding="ISO-8859-1")
    (parts / "n.cpg").unlink(missing_ok=True)
    with translation.override("fr"):
        assert "ne sont pas en UTF-8" in told(zipped(parts, "n"), crs="EPSG:26191")


def test_a_file_of_several_layers_asks_which_is_meant(tmp_path: Path) -> None:
    path = write_layer(tmp_path / "n.gpkg", [(point(0, 0), {"ID": "N0", "LIEU": ""})], layer="nodes")
    write_layer(path, [(point(0, 0), {"ID": "N0", "LIEU": ""})], layer="others")
    with translation.override("fr"):
        assert told(path, crs="EPSG:26191") == "dites laquelle : nodes, others"


def test_a_model_in_a_plane_of_its_own_raises_the_question_with_where_it_would_lie() -> None:
    with pytest.raises(PlaceUnknown) as asked:
        import_network(path=published_model("Net3"), code="net3", file_format="epanet")
    assert asked.value.extra["errors"] == {"missing_crs": ["Net3"]}
    assert asked.value.question is not None
    assert asked.value.question.layer == "Net3"
    assert "EPSG:4326" in {one.crs for one in asked.value.question.candidates}
