"""Fields that hold JSON: objects of attributes, lists of old references."""

from __future__ import annotations

import numpy as np
import pyarrow as pa

from gis.adapters.vector.columns import Columns
from gis.adapters.vector.layers import Batch
from gis.domain.mapping import Source
from gis.domain.refusals import Refusals

FIELD = Source(field="held")


def columns(*texts: str | None) -> Columns:
    rows = pa.record_batch({"held": pa.array(texts, pa.string())})
    return Columns("layer", Batch(rows, np.arange(1, len(texts) + 1)))


def refused(found: Columns) -> dict[str, int]:
    refusals = Refusals()
    nothing = pa.nulls(len(found), pa.string())
    found.tell(refusals, nothing, nothing)
    return dict(refusals.counts)


def test_an_object_is_taken_whole_and_nothing_is_an_empty_one() -> None:
    found = columns('{"a": [1, 2.5, null], "ب": "ج"}', None, "")
    assert found.json(FIELD).to_pylist() == ['{"a":[1,2.5,null],"ب":"ج"}', "{}", "{}"]
    assert refused(found) == {}


def test_what_is_no_object_or_no_list_of_words_is_refused() -> None:
    objects = columns("[1]", "{", "7", '{"a": "\\u0000"}', "{}")
    objects.json(FIELD)
    assert refused(objects) == {"unknown_value": 4}
    lists = columns('["a", "b"]', "[]", None, "{}", "[1]", f'["{"x" * 65}"]')
    assert lists.lists(FIELD, longest=64).to_pylist()[:3] == [["a", "b"], [], None]
    assert refused(lists) == {"unknown_value": 2, "too_long": 1}
