"""Who may say and hear what at the broker: one identity for each device, held to its own topics.

Topics come from the families: what a device's messages are read from is what it may write.
"""

from __future__ import annotations

import base64
import hashlib
import secrets
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from telemetry.domain.mappings import OWN_TOPIC, TopicPattern

ITERATIONS = 101
"""What mosquitto_passwd 2.0 writes; the passwords made here are random and long."""


@dataclass(frozen=True, slots=True)
class Identity:
    """One account: its name, the topics it may write, those it may read."""

    name: str
    writes: tuple[str, ...]
    reads: tuple[str, ...]


def device_identity(code: str, topic: str | None, *, names_device: bool = True) -> Identity:
    """Return the account of a device; `topic` is its family's pattern, None for the platform's own."""
    own = TopicPattern.of(OWN_TOPIC).of_device(code)
    more = (TopicPattern.of(topic).of_device(code),) if topic and names_device else ()
    return Identity(code, tuple(dict.fromkeys((own, *more))), (f"{own}/command",))


def is_writable(identity: Identity) -> bool:
    """Tell whether an account can stand in Mosquitto's files: no colon in its name, no end of line."""
    texts = (identity.name, *identity.writes, *identity.reads)
    return bool(identity.name) and ":" not in identity.name and all(text.isprintable() for text in texts)


def edge_identity(node: str, group: str) -> Identity:
    """Return the account of a Sparkplug edge node, named `group/node`: a node's name is its group's own."""
    kinds = ("NBIRTH", "NDEATH", "NDATA", "DBIRTH", "DDEATH", "DDATA")
    writes = tuple(f"spBv1.0/{group}/{kind}/{node}{'/+' if kind.startswith('D') else ''}" for kind in kinds)
    reads = (f"spBv1.0/{group}/NCMD/{node}", f"spBv1.0/{group}/DCMD/{node}/+", "spBv1.0/STATE/+")
    return Identity(f"{group}/{node}", writes, reads)


def gateway_identity(family: str, topic: str) -> Identity:
    """Return the account of the gateways of a family whose messages name their device inside."""
    return Identity(f"gateway-{family}", (TopicPattern.of(topic).subscription,), ())


def platform_identity(name: str, topics: Iterable[str]) -> Identity:
    """Return the ingesters' own account: reads what devices say and gives commands."""
    reads = ("telemetry/#", *sorted(topics), "spBv1.0/#")
    return Identity(name, ("telemetry/+/command", "spBv1.0/#"), reads)


def access_list(identities: Iterable[Identity]) -> str:
    """Return Mosquitto's `acl_file`. Who is not in it may nothing."""
    parts = ["# Written by manage.py write_mosquitto_access; changes made here are lost.\n"]
    for one in identities:
        lines = [f"user {one.name}"]
        lines += [f"topic write {topic}" for topic in one.writes]
        lines += [f"topic read {topic}" for topic in one.reads]
        parts.append("\n".join(lines) + "\n")
    return "\n".join(parts)


def password_file(hashes: Mapping[str, str]) -> str:
    """Return Mosquitto's `password_file`."""
    return "".join(f"{name}:{hashed}\n" for name, hashed in sorted(hashes.items()))


def read_password_file(text: str) -> dict[str, str]:
    """Return the hashes of a password file by name."""
    lines = (line.partition(":") for line in text.splitlines() if ":" in line)
    return {name: hashed for name, _, hashed in lines}


def hashed(password: str, salt: bytes | None = None) -> str:
    """Return a password as Mosquitto stores it: PBKDF2 with SHA-512."""
    salt = salt or secrets.token_bytes(12)
    digest = hashlib.pbkdf2_hmac("sha512", password.encode(), salt, ITERATIONS)
    return f"$7${ITERATIONS}${base64.b64encode(salt).decode()}${base64.b64encode(digest).decode()}"
