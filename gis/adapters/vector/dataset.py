"""Open a vector file for as long as it is read."""

from __future__ import annotations

import re
import tempfile
import warnings
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

import pyarrow as pa
import pyogrio
from pyogrio.errors import CRSError, DataLayerError, DataSourceError, FieldError, GeometryError

from gis.adapters.vector.formats import driver_of, unpacked
from gis.adapters.vector.layers import CsvTable, GdalLayer, VectorLayer
from gis.domain.rows import UnreadableNetworkError
from gis.domain.sentences import gettext_noop

BROKEN = (
    CRSError,
    DataLayerError,
    DataSourceError,
    FieldError,
    GeometryError,
    pa.ArrowException,
    UnicodeError,
)
"""What GDAL and Arrow raise on files that are cut short, scrambled or not what they seem."""


SAID = re.compile(rb'^\{[^\[]*"utility":"(\w+)"')
HEAD = 4096
MOST_SAID = 160
"""Characters of what GDAL says that people are shown."""


@contextmanager
def opened(
    path: Path, *, encoding: str | None = None, delimiter: str | None = None
) -> Iterator[Mapping[str, VectorLayer]]:
    """Open the file at `path` and give its layers by name; what breaks while they are read is told alike.

    Raises:
        UnreadableNetworkError: it cannot be read to its end as what it seems to be.
    """
    with tempfile.TemporaryDirectory(prefix="chabaka-") as folder, warnings.catch_warnings():
        # GDAL's complaints about single values come as warnings; the rows are checked one by one later.
        warnings.simplefilter("ignore")
        try:
            yield {
                layer.description.name: layer for layer in _layers(path, Path(folder), encoding, delimiter)
            }
        except BROKEN as error:
            if isinstance(error, UnicodeError) or "UTF8" in str(error):
                text = gettext_noop(
                    "its texts are not in UTF-8: the mapping can name another encoding, say latin-1"
                )
                raise UnreadableNetworkError(text) from error
            text = gettext_noop("it is damaged or cut short: %(error)s")
            said = str(error) or type(error).__name__
            raise UnreadableNetworkError(text, error=said[:MOST_SAID]) from error


def utility_of(path: Path) -> str | None:
    """Return the utility that a file of our own names beside its layers; None where it says nothing."""
    if driver_of(path) == "GPKG":
        about = pyogrio.read_info(path, layer=0).get("dataset_metadata") or {}
        said = about.get("utility")
    else:
        with path.open("rb") as file:
            found = SAID.search(file.read(HEAD))
        said = found and found[1].decode()
    return said if said in {"water", "electricity", "sewerage"} else None


def _layers(path: Path, folder: Path, encoding: str | None, delimiter: str | None) -> list[VectorLayer]:
    driver = driver_of(path)
    if driver == "CSV":
        return [CsvTable(path, encoding or "utf-8", delimiter)]
    if driver == "zip":
        return [GdalLayer(shape, shape.stem, "ESRI Shapefile", encoding) for shape in unpacked(path, folder)]
    # A name of our own: GDAL goes by the suffix too, and looks for files beside.
    held = folder / f"{path.stem[:60]}{SUFFIXES[driver]}"
    held.symlink_to(path.resolve())
    return [GdalLayer(held, str(name), driver, None) for name, _ in pyogrio.list_layers(held)]


SUFFIXES = {"GPKG": ".gpkg", "GeoJSON": ".geojson", "FlatGeobuf": ".fgb"}
