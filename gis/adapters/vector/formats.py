"""What a file is, by its content; a zip is unpacked within bounds before anything reads it.

Only what is named here reaches GDAL. Formats that point at other files or at the network (VRT, WFS, GML with
schemas, …) are not among them, whatever the file's name.
"""

from __future__ import annotations

import shutil
import zipfile
from pathlib import Path

from gis.domain.rows import UnreadableNetworkError
from gis.domain.sentences import gettext_noop

MOST_MEMBERS = 200
LARGEST_UNPACKED = 4 << 30
SHAPEFILE_PARTS = frozenset({".shp", ".shx", ".dbf", ".prj", ".cpg"})
SQLITE = b"SQLite format 3\x00"
GEOPACKAGE_IDS = (b"GPKG", b"GP10", b"GP11", b"GP12")
FLATGEOBUF = b"fgb\x03fgb"
SHAPEFILE = b"\x00\x00\x27\x0a"


def driver_of(path: Path) -> str:
    """Name the driver for the file at `path`: GPKG, FlatGeobuf, GeoJSON, ESRI Shapefile, zip or CSV.

    Raises:
        UnreadableNetworkError: it is none of these.
    """
    with path.open("rb") as file:
        head = file.read(1024)
    if head.startswith(SQLITE):
        if head[68:72] not in GEOPACKAGE_IDS:
            raise UnreadableNetworkError(gettext_noop("a database, but no GeoPackage"))
        return "GPKG"
    if head.startswith(FLATGEOBUF):
        return "FlatGeobuf"
    if head.startswith(SHAPEFILE):
        raise UnreadableNetworkError(
            gettext_noop("a .shp alone: send it zipped with its .shx, .dbf and .prj")
        )
    if zipfile.is_zipfile(path):
        return "zip"
    text = head.removeprefix(b"\xef\xbb\xbf").lstrip()
    if text.startswith(b"{"):
        return "GeoJSON"
    if path.suffix.lower() in {".csv", ".txt", ".tsv"} and text and not text.startswith(b"<"):
        return "CSV"
    raise UnreadableNetworkError(gettext_noop("no GeoPackage, zipped Shapefile, GeoJSON, FlatGeobuf or CSV"))


def unpacked(path: Path, folder: Path) -> list[Path]:
    """Unpack the Shapefiles in the zip at `path` into `folder`, flat, and return their .shp files.

    Raises:
        UnreadableNetworkError: it is broken, encrypted, too large, or holds no Shapefile.
    """
    try:
        with zipfile.ZipFile(path) as archive:
            members = _shapefile_parts(archive)
            for member in members:
                with archive.open(member) as packed, (folder / _flat(member)).open("wb") as file:
                    shutil.copyfileobj(packed, file)
    # zipfile raises what its decompressors met: zlib.error, EOFError, NotImplementedError, RuntimeError…
    except UnreadableNetworkError:
        raise
    except Exception as error:
        raise UnreadableNetworkError(f"{type(error).__name__}: {error}") from error
    shapes = sorted(folder.glob("*.shp"))
    for shape in shapes:
        if missing := [part for part in (".shx", ".dbf") if not shape.with_suffix(part).exists()]:
            raise UnreadableNetworkError(
                gettext_noop("%(file)s without its %(missing)s"), file=shape.name, missing=", ".join(missing)
            )
    return shapes


def _shapefile_parts(archive: zipfile.ZipFile) -> list[zipfile.ZipInfo]:
    members = [member for member in archive.infolist() if not member.is_dir()]
    parts = [member for member in members if Path(member.filename).suffix.lower() in SHAPEFILE_PARTS]
    if not any(part.filename.lower().endswith(".shp") for part in parts):
        raise UnreadableNetworkError(gettext_noop("a zip without a Shapefile in it"))
    names = [_flat(part) for part in parts]
    if len(members) > MOST_MEMBERS or len(set(names)) < len(names):
        raise UnreadableNetworkError(gettext_noop("too many files in the zip, or two of one name"))
    if sum(part.file_size for part in parts) > LARGEST_UNPACKED:
        raise UnreadableNetworkError(gettext_noop("the zip unpacks to more than 4 GB"))
    return parts


def _flat(member: zipfile.ZipInfo) -> str:
    """Name a member without its folders, its suffix in lower case: `reseau/PIPES.SHP` is `PIPES.shp`."""
    name = Path(member.filename.replace("\\", "/"))
    return f"{name.stem}{name.suffix.lower()}"
