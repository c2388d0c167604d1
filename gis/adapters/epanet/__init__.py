"""EPANET input files, read and written through wntr: in SI units inside, whatever the file's own."""

from __future__ import annotations

from gis.adapters.epanet.reading import read_epanet
from gis.adapters.epanet.writing import UnwritableNetworkError, Written, write_epanet

__all__ = ["UnwritableNetworkError", "Written", "read_epanet", "write_epanet"]
