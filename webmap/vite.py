"""What the front-end build left behind: which files an entry needs, and where they are served."""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from hashlib import sha256
from pathlib import Path
from typing import Any

from django.conf import settings

BUILD = Path(__file__).parent / "static" / "webmap"
_kept: dict[Path, tuple[int, Any]] = {}


@dataclass(frozen=True)
class Entry:
    """The files of one face: its module, the modules it loads at once, its style sheets."""

    script: str
    modules: tuple[str, ...] = ()
    styles: tuple[str, ...] = ()


@dataclass
class _Walk:
    modules: list[str] = field(default_factory=list)
    styles: list[str] = field(default_factory=list)


def is_built() -> bool:
    """Say whether the front end was built."""
    return (BUILD / "manifest.json").exists()


def entry(name: str) -> Entry:
    """Return the files of an entry (`console` is `src/entries/console.ts`).

    Raises:
        FileNotFoundError: the front end was not built.
        KeyError: there is no such entry.
    """
    manifest = _manifest()
    key = f"src/entries/{name}.ts"
    walk = _Walk()
    _collect(manifest, key, walk, seen=set())
    script, *modules = walk.modules
    return Entry(script, tuple(modules), tuple(walk.styles))


def icons_url() -> str:
    """Return the address of the icon sprite, with a mark that changes with its content."""
    path = BUILD / "icons.svg"
    if not path.exists():
        return url("icons.svg")
    stamp, kept = _kept.get(path, (0, ""))
    changed = path.stat().st_mtime_ns
    if stamp != changed:
        kept = sha256(path.read_bytes()).hexdigest()[:8]
        _kept[path] = (changed, kept)
    return f"{url('icons.svg')}?v={kept}"


def url(file: str) -> str:
    """Return the address of a built file. Vite hashes names itself, so the storage's hash is not added."""
    return f"{settings.STATIC_URL}webmap/{file}"


def _manifest() -> dict[str, Any]:
    path = BUILD / "manifest.json"
    changed = path.stat().st_mtime_ns
    stamp, kept = _kept.get(path, (0, None))
    if stamp != changed:
        kept = json.loads(path.read_text(encoding="utf-8"))
        _kept[path] = (changed, kept)
    return kept


def _collect(manifest: dict[str, Any], key: str, walk: _Walk, seen: set[str]) -> None:
    if key in seen:
        return
    seen.add(key)
    chunk = manifest[key]
    walk.modules.append(chunk["file"])
    for needed in chunk.get("imports", []):
        _collect(manifest, needed, walk, seen)
    walk.styles.extend(style for style in chunk.get("css", []) if style not in walk.styles)
