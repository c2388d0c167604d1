"""The accounts that devices, gateways and the platform need at the broker."""

from __future__ import annotations

from telemetry.domain.access import (
    Identity,
    device_identity,
    edge_identity,
    gateway_identity,
    platform_identity,
)
from telemetry.models import Device, DeviceFamily, Protocol
from telemetry.queries.registry import load_mappings


def broker_identities(platform: str) -> list[Identity]:
    """Return the accounts of the platform, of each active device, and of gateways that speak for several."""
    families = DeviceFamily.objects.filter(protocol=Protocol.MQTT)
    patterns = {code: mapping.topic for code, mapping in load_mappings(families).items()}
    found = [platform_identity(platform, (pattern.subscription for pattern in patterns.values()))]
    found += [gateway_identity(code, one.text) for code, one in patterns.items() if not one.names_device]
    devices = Device.objects.filter(active=True).order_by("code")
    for code, family in devices.filter(protocol=Protocol.MQTT).values_list("code", "family"):
        pattern = patterns.get(family)
        named = pattern is not None and pattern.names_device
        found.append(device_identity(code, pattern.text if pattern else None, names_device=named))
    edges = devices.filter(protocol=Protocol.SPARKPLUG).exclude(edge="").values_list("edge", flat=True)
    nodes = dict.fromkeys(tuple(edge.split("/")[:2]) for edge in edges if edge and "/" in edge)
    return [*found, *(edge_identity(node, group) for group, node in nodes)]
