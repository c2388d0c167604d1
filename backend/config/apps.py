"""GeoDjango under a label of its own, so that the network app can be called `gis`."""

from __future__ import annotations

from django.contrib.gis.apps import GISConfig


class GeoDjangoConfig(GISConfig):
    label = "geodjango"
