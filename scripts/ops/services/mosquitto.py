"""Private Mosquitto: one account per device, each held to its own topics.

The password file is `mosquitto/passwords` in the run directory: the platform's own account plus one line per
device. `scripts/services mqtt-accounts` replaces it as a whole and restarts a running broker. Not by SIGHUP:
Mosquitto 2.0.11 was seen to die on it when absent devices had sessions and their passwords had changed.
"""

from __future__ import annotations

import base64
import hashlib
import secrets
from collections.abc import Mapping

from ops.errors import Stop
from ops.services.base import Service

PLATFORM_ACCOUNT = "chabaka"
_ITERATIONS = 101  # what mosquitto_passwd 2.0 writes; the passwords are random and long
_NAME = frozenset("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789_-")

# Queues are bounded by bytes: the default of 1000 messages drops in silence. No limit in flight: the
# platform's client bounds itself, and a low limit here loses messages when the broker is killed. Each save
# writes the whole store anew: with 100,000 messages waiting, one for each 100 changes held the broker up for
# minutes. What a killed broker had not saved, devices are asked for again.
_SETTINGS = """\
# Written at every start.
listener {port} 127.0.0.1
allow_anonymous false
password_file {folder}/passwords
acl_file {folder}/acl
persistence true
persistence_location {folder}/
autosave_on_changes true
autosave_interval 1000
persistent_client_expiration 30d
max_inflight_messages 0
max_queued_messages 0
max_queued_bytes 536870912
max_packet_size 1048576
log_dest stdout
log_timestamp_format %Y-%m-%dT%H:%M:%SZ
log_type error
log_type warning
log_type notice
connection_messages false
"""

_ACCESS = f"""\
# The platform reads every device and sends commands.
user {PLATFORM_ACCOUNT}
topic read telemetry/#
topic write telemetry/+/command
topic readwrite spBv1.0/#
topic read $SYS/#

# A device writes and is commanded under its own name alone.
pattern write telemetry/%u/#
pattern read telemetry/%u/command
"""


class Mosquitto(Service):
    """One broker with a password file and an access list."""

    name = "mosquitto"
    variable = "MQTT_URL"

    @property
    def url(self) -> str:
        """Return the URL with the platform's account."""
        return f"mqtt://{PLATFORM_ACCOUNT}:{self.run.secret(self.name)}@127.0.0.1:{self.port}"

    def configure(self) -> list[str]:
        """Write settings and access list; make the password file on first use."""
        if not (self.folder / "passwords").exists():
            self.set_accounts({})
        self.run.write(self.folder / "acl", _ACCESS, for_service=True)
        settings = _SETTINGS.format(port=self.port, folder=self.folder)
        self.run.write(self.folder / "mosquitto.conf", settings, for_service=True)
        return ["mosquitto", "-c", str(self.folder / "mosquitto.conf")]

    def is_ready(self) -> bool:
        """Tell whether the listener is open."""
        return self.accepts_connections()

    def set_accounts(self, devices: Mapping[str, str]) -> bool:
        """Replace the devices' accounts (name to password); return whether anything changed.

        A running broker keeps to the old ones until it is started again.

        Raises: Stop for a name that a device cannot have.
        """
        for name in devices:
            if name == PLATFORM_ACCOUNT or not 1 <= len(name) <= 64 or not set(name) <= _NAME:
                raise Stop(f"Not a device name: {name!r} (letters, digits, _ and -, at most 64).")
        accounts = {PLATFORM_ACCOUNT: self.run.secret(self.name), **devices}
        if self._has_accounts(accounts):
            return False
        lines = [f"{name}:{_hashed(password)}\n" for name, password in accounts.items()]
        self.run.write(self.folder / "passwords", "".join(lines), for_service=True)
        return True

    def _has_accounts(self, accounts: Mapping[str, str]) -> bool:
        try:
            lines = (self.folder / "passwords").read_text().splitlines()
        except FileNotFoundError:
            return False
        kept = dict(line.split(":", 1) for line in lines)
        return kept.keys() == accounts.keys() and all(
            kept[name] == _hashed(password, base64.b64decode(kept[name].split("$")[3]))
            for name, password in accounts.items()
        )


def _hashed(password: str, salt: bytes | None = None) -> str:
    """Return a password as Mosquitto stores it: PBKDF2 with SHA-512."""
    salt = salt or secrets.token_bytes(12)
    digest = hashlib.pbkdf2_hmac("sha512", password.encode(), salt, _ITERATIONS)
    return f"$7${_ITERATIONS}${base64.b64encode(salt).decode()}${base64.b64encode(digest).decode()}"
