"""The district in a database, as the product's own models see it."""

from __future__ import annotations

import pytest
from django.db import connection

from bench.gis.district import generate
from bench.gis.district.loading import load
from gis.models import ConnectionPoint, Link, Network, Node, Zone

pytestmark = pytest.mark.django_db(transaction=True)


def test_a_loaded_district_is_a_network_like_another() -> None:
    settings = connection.settings_dict
    address = "postgres://{USER}:{PASSWORD}@{HOST}:{PORT}/{NAME}".format(**settings)
    district = generate(columns=2, rows=1)
    load(address, district, code="small")
    network = Network.objects.get(code="small")
    assert Node.objects.filter(network=network).count() == len(district.nodes)
    assert Link.objects.filter(network=network, kind="valve", state="closed").count() == 1
    point = ConnectionPoint.objects.filter(network=network).order_by("id")[700]
    assert point.link is not None
    assert point.node_id in {point.link.start_node_id, point.link.end_node_id}
    assert Zone.objects.get(kind="dma", geom__covers=point.geom).parent is not None
