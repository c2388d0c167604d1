"""How lists of elements and zones are narrowed."""

from __future__ import annotations

import django_filters
from django.db.models import QuerySet

from backend.core import clock
from gis.models import ConnectionPoint, Link, Node, Zone
from gis.models.networks import Utility


class NodeFilter(django_filters.FilterSet):
    network = django_filters.CharFilter("network__code", label="code of the network")
    utility = django_filters.ChoiceFilter("network__utility", choices=Utility.choices)

    class Meta:
        model = Node
        fields = ("network", "utility", "kind", "code", "is_source")


class LinkFilter(django_filters.FilterSet):
    network = django_filters.CharFilter("network__code", label="code of the network")
    utility = django_filters.ChoiceFilter("network__utility", choices=Utility.choices)

    class Meta:
        model = Link
        fields = ("network", "utility", "kind", "code", "state", "operable")


class ConnectionPointFilter(django_filters.FilterSet):
    network = django_filters.CharFilter("network__code", label="code of the network")
    utility = django_filters.ChoiceFilter("network__utility", choices=Utility.choices)
    zone = django_filters.CharFilter(method="in_zone", label="code of a zone that holds it now")

    class Meta:
        model = ConnectionPoint
        fields = ("network", "utility", "zone", "code", "category", "critical_kind")

    def in_zone(self, points: QuerySet[ConnectionPoint], name: str, value: str) -> QuerySet[ConnectionPoint]:
        return points.filter(memberships__zone__code=value, memberships__valid__contains=clock.now())


class ZoneFilter(django_filters.FilterSet):
    parent = django_filters.CharFilter("parent__code", label="code of the zone it is part of")

    class Meta:
        model = Zone
        fields = ("kind", "utility", "parent", "code")
