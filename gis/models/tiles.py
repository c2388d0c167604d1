"""What tiles are made of and how fresh they are: two ledgers that triggers append to and readers sum."""

from __future__ import annotations

from typing import ClassVar

from django.db import models

from gis.models.networks import Network


class TileCell(models.Model):
    """How many elements of a layer lie in one of the 64 x 64 cells of a tile (z 0 to 14).

    `cell` counts from the tile's upper left, row by row. Rows of one cell add up; what was appended since
    they were last merged is not `settled`, and its `count` may be negative.
    """

    layer = models.CharField(max_length=30)
    z = models.SmallIntegerField()
    x = models.IntegerField()
    y = models.IntegerField()
    cell = models.SmallIntegerField()
    network = models.ForeignKey(
        Network, on_delete=models.DO_NOTHING, db_constraint=False, db_index=False, related_name="+"
    )
    count = models.IntegerField()
    settled = models.BooleanField(default=False)

    class Meta:
        indexes: ClassVar = [
            models.Index(
                fields=["layer", "z", "x", "y", "cell"],
                include=["network", "count"],
                name="gis_tilecell_of_tile",
            ),
            models.Index(fields=["id"], condition=models.Q(settled=False), name="gis_tilecell_appended"),
        ]

    def __str__(self) -> str:
        return f"{self.layer} {self.z}/{self.x}/{self.y} {self.cell}: {self.count:+}"


class LayerChange(models.Model):
    """So many changes of what a map layer shows, or of `words` that searches find. ETags hold how many."""

    layer = models.CharField(max_length=30, db_index=True)
    changes = models.BigIntegerField(default=1)

    def __str__(self) -> str:
        return f"{self.layer} {self.changes:+}"
