"""The address of a broker: host, identity, encryption and version in one URL.

`mqtt://user:password@host:1883`, `mqtts://host:8883?ca=/etc/chabaka/ca.pem&cert=…&key=…&version=3.1.1`.
Without `ca` the system's authorities are trusted; the host's name is always checked.
"""

from __future__ import annotations

from dataclasses import dataclass
from urllib.parse import parse_qsl, unquote, urlsplit

from paho.mqtt.client import Client
from paho.mqtt.enums import MQTTProtocolVersion

VERSIONS = {"5": MQTTProtocolVersion.MQTTv5, "3.1.1": MQTTProtocolVersion.MQTTv311}
OPTIONS = frozenset({"ca", "cert", "key", "version"})


@dataclass(frozen=True, slots=True)
class Address:
    """Say where a broker is, who we are there, and how to speak."""

    host: str
    port: int
    encrypted: bool = False
    username: str = ""
    password: str = ""
    ca: str | None = None
    cert: str | None = None
    key: str | None = None
    protocol: MQTTProtocolVersion = MQTTProtocolVersion.MQTTv5

    @classmethod
    def of(cls, url: str) -> Address:
        """Read an address.

        Raises:
            ValueError: it holds what is not known here; says what.
        """
        parts = urlsplit(url)
        if parts.scheme not in {"mqtt", "mqtts"}:
            raise ValueError("MQTT_URL begins with mqtt:// or mqtts://")
        said = dict(parse_qsl(parts.query, keep_blank_values=True))
        if unknown := sorted(said.keys() - OPTIONS):
            known = ", ".join(sorted(OPTIONS))
            raise ValueError(f"MQTT_URL has no option {', '.join(unknown)}; it has {known}")
        version = said.get("version", "5")
        if version not in VERSIONS:
            raise ValueError(f"MQTT_URL: version is {' or '.join(VERSIONS)}")
        encrypted = parts.scheme == "mqtts"
        if not encrypted and said.keys() & {"ca", "cert", "key"}:
            raise ValueError("MQTT_URL: certificates are for mqtts://")
        return cls(
            host=parts.hostname or "127.0.0.1",
            port=parts.port or (8883 if encrypted else 1883),
            encrypted=encrypted,
            username=unquote(parts.username or ""),
            password=unquote(parts.password or ""),
            ca=said.get("ca"),
            cert=said.get("cert"),
            key=said.get("key"),
            protocol=VERSIONS[version],
        )

    def identify(self, client: Client) -> None:
        """Give a client the name, password and certificates of this address."""
        if self.username:
            client.username_pw_set(self.username, self.password)
        if self.encrypted:
            client.tls_set(ca_certs=self.ca, certfile=self.cert, keyfile=self.key)
