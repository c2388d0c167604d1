"""Tell tiles, traces and other processes that something changed, in the transaction that changes it."""

from __future__ import annotations

from functools import partial

from django.db import connection, transaction
from django.db.models import F

from gis.events import network_changed
from gis.models import Network

NETWORK_LAYERS = ("nodes", "links", "connection-points")


def touch_layers(*layers: str) -> None:
    """Raise the version of map layers: every tile of theirs gets a new ETag."""
    with connection.cursor() as cursor:
        for layer in sorted(layers):
            cursor.execute(
                "INSERT INTO gis_layerversion (layer, version) VALUES (%s, 1)"
                " ON CONFLICT (layer) DO UPDATE SET version = gis_layerversion.version + 1",
                [layer],
            )


def touch_topology(network: Network, *layers: str) -> None:
    """Raise the topology version of a network and the version of its layers; signal it once committed."""
    Network.objects.filter(pk=network.pk).update(topology_version=F("topology_version") + 1)
    touch_layers(*(layers or NETWORK_LAYERS))
    transaction.on_commit(partial(network_changed.send, sender=Network, network_id=network.pk))
