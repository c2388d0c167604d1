"""Published hydraulic models, where the library that carries them keeps them."""

from __future__ import annotations

from importlib.util import find_spec
from pathlib import Path


def published_model(name: str) -> Path:
    """Return the file of one of wntr's own models: `Net3`, `Net6`, `ky4`…"""
    spec = find_spec("wntr")
    assert spec is not None
    assert spec.origin is not None
    return Path(spec.origin).parent / "library" / "networks" / f"{name}.inp"
