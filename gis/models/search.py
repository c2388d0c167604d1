"""What the search stands on: how codes are compared, and the words that are known.

The indexes on `gis_words(...)` over addresses and names are in the migration that makes the function.
"""

from __future__ import annotations

from typing import ClassVar

from django.contrib.postgres.indexes import GinIndex
from django.db import models
from django.db.models import Func


class Key(Func):
    """A code without what people leave out or put in: `W-00 327` is `w00327`."""

    function = "gis_key"
    output_field = models.TextField()


class SearchWord(models.Model):
    """A word of the addresses and names, so that a misspelt one finds those near to it. Derived."""

    word = models.CharField(max_length=40, primary_key=True)
    uses = models.PositiveIntegerField()

    class Meta:
        indexes: ClassVar = [
            GinIndex(fields=["word"], opclasses=["gin_trgm_ops"], name="gis_searchword_near"),
        ]

    def __str__(self) -> str:
        return self.word
