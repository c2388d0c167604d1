"""Tables for spreadsheets."""

from __future__ import annotations

import csv
from collections.abc import Iterable, Mapping, Sequence
from io import StringIO
from typing import Any

from rest_framework.renderers import BaseRenderer

from backend.core.domain.spreadsheets import harmless


class CsvRenderer(BaseRenderer):
    """Renders rows as UTF-8 CSV with a header line; the view gives them as `{"rows": [{column: cell}]}`.

    With `columns` beside them the header stands where there is no row too.
    """

    media_type = "text/csv"
    format = "csv"
    charset = "utf-8"

    def render(
        self,
        data: Any,
        accepted_media_type: str | None = None,
        renderer_context: Mapping[str, Any] | None = None,
    ) -> str:
        rows = data.get("rows") if isinstance(data, Mapping) else None
        if rows is None:
            return to_csv([_flat(data)])
        return to_csv(rows, columns=data.get("columns"))


def to_csv(rows: Iterable[Mapping[str, object]], *, columns: Sequence[str] | None = None) -> str:
    """Return rows as CSV text; the columns are those of the first unless told."""
    out = StringIO()
    writer: csv.DictWriter[str] | None = None
    if columns is not None:
        writer = csv.DictWriter(out, columns)
        writer.writeheader()
    for row in rows:
        if writer is None:
            writer = csv.DictWriter(out, list(row))
            writer.writeheader()
        writer.writerow({name: harmless(cell) for name, cell in row.items()})
    return out.getvalue()


def _flat(data: Any) -> dict[str, object]:
    """Return a problem answer as one row."""
    pairs = data.items() if isinstance(data, Mapping) else [("detail", data)]
    return {str(name): str(value) for name, value in pairs}
