"""Files cut short, scrambled, hostile or not what they seem: a reason in words, an unchanged database."""

from __future__ import annotations

import json
import struct
import zipfile
from collections.abc import Callable
from pathlib import Path

import pytest

from gis.domain.mapping import read_mapping
from gis.errors import ImportRefused, MappingRefused, PlaceUnknown, UnreadableFile
from gis.models import ConnectionPoint, ImportRecord, Link, Network, Node, Zone
from gis.services import import_network
from tests.factories.vector import point, write_layer, zipped

pytestmark = pytest.mark.django_db

MAPPING = read_mapping("{utility: water, crs: EPSG:26191, layers: [{model: node, code: ID}]}")
ROWS = [(point(x, 0), {"ID": f"N{x}"}) for x in range(400)]
VRT = (
    b'<OGRVRTDataSource><OGRVRTLayer name="n"><SrcDataSource>/etc/passwd</SrcDataSource>'
    b"</OGRVRTLayer></OGRVRTDataSource>"
)


def geopackage(folder: Path) -> Path:
    return write_layer(folder / "n.gpkg", ROWS)


def shapefile(folder: Path) -> Path:
    parts = folder / "parts"
    parts.mkdir()
    write_layer(parts / "n.shp", ROWS, driver="ESRI Shapefile", geometry="Point")
    return parts


def cut(path: Path, share: float) -> Path:
    content = path.read_bytes()
    path.write_bytes(content[: int(len(content) * share)])
    return path


def scrambled(path: Path) -> Path:
    content = bytearray(path.read_bytes())
    content[4096:] = bytes(byte ^ 0x5A for byte in content[4096:])
    path.write_bytes(content)
    return path


def named(folder: Path, name: str, content: bytes) -> Path:
    path = folder / name
    path.write_bytes(content)
    return path


def archive(folder: Path, members: dict[str, bytes]) -> Path:
    path = folder / "n.zip"
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as packed:
        for name, content in members.items():
            packed.writestr(name, content)
    return path


def without(parts: Path, suffix: str) -> Path:
    (parts / f"n{suffix}").unlink()
    return zipped(parts, "n")


def bomb(folder: Path) -> Path:
    """Claim five gigabytes in the directory of the archive."""
    path = archive(folder, {"n.shp": b"x", "n.shx": b"x", "n.dbf": b"x"})
    content = path.read_bytes()
    at = content.index(b"PK\x01\x02")
    path.write_bytes(content[: at + 24] + struct.pack("<I", 0xFFFFFFF0) + content[at + 28 :])
    return path


UNREADABLE: dict[str, Callable[[Path], Path]] = {
    "nothing": lambda folder: named(folder, "n.gpkg", b""),
    "noise": lambda folder: named(folder, "n.gpkg", bytes(range(256)) * 40),
    "a database of another kind": lambda folder: named(
        folder, "n.gpkg", b"SQLite format 3\x00" + b"\0" * 4000
    ),
    "a GeoPackage cut short": lambda folder: cut(geopackage(folder), 0.4),
    "a scrambled GeoPackage": lambda folder: scrambled(geopackage(folder)),
    "a virtual file that points elsewhere": lambda folder: named(folder, "n.gpkg", VRT),
    "a virtual file named as a table": lambda folder: named(folder, "n.csv", VRT),
    "a web address": lambda folder: named(folder, "n.json", b"http://169.254.169.254/latest"),
    "GeoJSON cut short": lambda folder: named(
        folder, "n.json", b'{"type": "FeatureCollection", "features": [{'
    ),
    "JSON of another kind": lambda folder: named(folder, "n.json", b'{"a": [1, 2]}'),
    "Esri's JSON": lambda folder: named(
        folder, "n.json", json.dumps({"geometryType": "esriGeometryPoint", "features": []}).encode()
    ),
    "a Shapefile without its zip": lambda folder: shapefile(folder) / "n.shp",
    "a zip without a Shapefile": lambda folder: archive(folder, {"readme.txt": b"hello"}),
    "a zip without the table": lambda folder: without(shapefile(folder), ".dbf"),
    "a zip without the index": lambda folder: without(shapefile(folder), ".shx"),
    "a zip cut short": lambda folder: cut(zipped(shapefile(folder), "n"), 0.6),
    "a zip that claims gigabytes": bomb,
    "a zip of two layers of one name": lambda folder: archive(folder, {"a/n.shp": b"", "b/n.shp": b""}),
    "a Shapefile of noise": lambda folder: archive(
        folder, {f"n{end}": b"\1" * 300 for end in (".shp", ".shx", ".dbf")}
    ),
    "a table in another encoding": lambda folder: named(folder, "n.csv", "ID,x\nété,1\n".encode("latin-1")),
    "a table of nothing": lambda folder: named(folder, "n.csv", b"\n\n"),
    "a table with two columns of one name": lambda folder: named(folder, "n.csv", b"ID,ID\n1,2\n"),
    "a spreadsheet": lambda folder: archive(folder, {"xl/workbook.xml": b"<x/>"}).rename(folder / "n.xlsx"),
    "a picture": lambda folder: named(folder, "n.geojson", b"\x89PNG\r\n\x1a\n" + b"\0" * 64),
}


def nothing_written() -> bool:
    return not any(
        model.objects.exists() for model in (Network, Node, Link, ConnectionPoint, Zone, ImportRecord)
    )


@pytest.mark.parametrize("made", UNREADABLE.values(), ids=UNREADABLE.keys())
def test_a_file_that_cannot_be_read_says_why(tmp_path: Path, made: Callable[[Path], Path]) -> None:
    with pytest.raises(UnreadableFile) as refused:
        import_network(path=made(tmp_path), code="eau", file_format="vector", mapping=MAPPING)
    assert refused.value.extra["errors"]["file"][0]
    assert nothing_written()


def test_a_shapefile_cut_short_within_its_zip_is_refused(tmp_path: Path) -> None:
    parts = shapefile(tmp_path)
    cut(parts / "n.shp", 0.5)
    with pytest.raises((UnreadableFile, ImportRefused)):
        import_network(path=zipped(parts, "n"), code="eau", file_format="vector", mapping=MAPPING)
    assert nothing_written()


def test_members_that_climb_out_of_a_zip_stay_inside(tmp_path: Path) -> None:
    parts = shapefile(tmp_path)
    climbing = {f"../../{part.name}": part.read_bytes() for part in parts.iterdir()}
    import_network(path=archive(tmp_path, climbing), code="eau", file_format="vector", mapping=MAPPING)
    assert Node.objects.count() == 400
    assert not (tmp_path.parent / "n.shp").exists()


TABLE = read_mapping(
    "{utility: water, crs: EPSG:4326,"
    " layers: [{model: node, code: ID, coordinates: {x: x, y: y}, elevation_m: z}]}"
)
BAD_LINES = [
    ("N2,1", "wrong_number_of_columns"),
    ("N2,1,2,3,4", "wrong_number_of_columns"),
    ('N2,1,2,"3', "wrong_number_of_columns"),
    ("N2,east,34,3", "not_a_number"),
    ("N2,-2,34,high", "not_a_number"),
    ("N2,-2,34,1e999", "not_a_number"),
    ("N2,nan,34,3", "not_a_number"),
    ("N2,,34,3", "no_geometry"),
    ("N2,-200,34,3", "coordinates_out_of_range"),
    (",-2,34,3", "no_code"),
    ("N1,-2,34,3", "duplicate_code"),
    ("N\x00\x00,-2,34,3", None),
]


@pytest.mark.parametrize(("line", "reason"), BAD_LINES)
def test_a_bad_line_of_a_table_is_named_by_its_number(tmp_path: Path, line: str, reason: str | None) -> None:
    path = tmp_path / "n.csv"
    path.write_text(f"ID,x,y,z\nN1,-2,34,3\n{line}\nN3,-2,34,3\n")
    if reason is None:
        import_network(path=path, code="eau", file_format="vector", mapping=TABLE)
        return
    with pytest.raises(ImportRefused) as refused:
        import_network(path=path, code="eau", file_format="vector", mapping=TABLE)
    assert refused.value.report.error_counts == {reason: 1}
    assert refused.value.report.errors[0].row.startswith("n 2")
    assert nothing_written()


def test_a_file_of_bad_rows_alone_is_counted_whole_and_told_in_part(tmp_path: Path) -> None:
    path = tmp_path / "n.csv"
    path.write_text("ID,x,y,z\n" + "N1,-2,34,up\n" * 3000)
    with pytest.raises(ImportRefused) as refused:
        import_network(path=path, code="eau", file_format="vector", mapping=TABLE)
    assert refused.value.report.error_counts == {"not_a_number": 3000}
    assert len(refused.value.report.errors) == 1000


def test_an_empty_layer_brings_nothing(tmp_path: Path) -> None:
    path = named(tmp_path, "n.csv", b"ID,x,y,z\n")
    report = import_network(path=path, code="eau", file_format="vector", mapping=TABLE)
    assert not report.changed


@pytest.mark.parametrize("crs", ["EPSG:999999", "nonsense", "EPSG:26191; DROP TABLE gis_node"])
def test_an_unknown_system_is_refused(tmp_path: Path, crs: str) -> None:
    with pytest.raises(PlaceUnknown):
        import_network(path=geopackage(tmp_path), code="eau", file_format="vector", mapping=MAPPING, crs=crs)
    assert nothing_written()


def test_a_mapping_for_a_file_without_the_layer_is_refused(tmp_path: Path) -> None:
    with pytest.raises(MappingRefused):
        import_network(
            path=geopackage(tmp_path),
            code="eau",
            file_format="vector",
            mapping=read_mapping("{utility: water, layers: [{layer: x, model: node, code: ID}]}"),
        )
    assert nothing_written()
