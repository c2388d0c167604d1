"""The form over the mapping of an MQTT family: where device, time, quality and values stand in a message."""

from __future__ import annotations

from typing import Any

from django.http import QueryDict

from webmap.forms.columns import clean
from webmap.forms.values import parted

_TEXTS = ("topic", "payload", "device", "items", "seq")


def lay_mapping(said: dict[str, Any], sent: QueryDict, rows: list[dict[str, Any]]) -> None:
    """Lay the form over the mapping that a family has, and its rows in place of its sensors and values."""
    mapping = dict(said.get("mapping") or {})
    for name in _TEXTS:
        put(mapping, name, clean(sent.get(name, "")))
    _set_time(mapping, sent)
    _set_quality(mapping, sent)
    said["sensors"], found = parted(rows)
    put(mapping, "values", found)
    # Neither a topic nor a place for values: the family keeps to the platform's own format.
    put(said, "mapping", mapping if mapping.keys() & {"topic", "values", "each"} else None)


def _set_time(mapping: dict[str, Any], sent: QueryDict) -> None:
    if sent.get("received"):
        mapping["ts"] = "received"
        return
    ts: dict[str, Any] = {}
    for name in ("path", "format", "zone"):
        put(ts, name, clean(sent.get(f"ts_{name}", "")))
    mapping["ts"] = ts if ts.get("path") else {"path": "$.ts"} | ts


def _set_quality(mapping: dict[str, Any], sent: QueryDict) -> None:
    quality: dict[str, Any] = {}
    put(quality, "path", clean(sent.get("quality_path", "")))
    words = {
        part.partition("=")[0].strip(): part.partition("=")[2].strip()
        for part in sent.get("quality_words", "").split(",")
        if "=" in part
    }
    put(quality, "words", {word: int(code) if code.isdecimal() else code for word, code in words.items()})
    otherwise = sent.get("quality_otherwise", "")
    put(quality, "otherwise", int(otherwise) if otherwise.isdecimal() else None)
    put(mapping, "quality", quality if quality.get("path") else None)


def put(holder: dict[str, Any], name: str, value: Any) -> None:
    """Set what someone wrote; nothing written is nothing said."""
    if value in ("", None, {}):
        holder.pop(name, None)
    else:
        holder[name] = value
