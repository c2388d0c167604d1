"""Write who may do what at Mosquitto: `manage.py write_mosquitto_access --directory D [--rotate DEVICE]`."""

from __future__ import annotations

import os
import secrets
from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError
from django.utils.translation import gettext as _

from telemetry.adapters.mqtt.address import Address
from telemetry.domain.access import access_list, hashed, is_writable, password_file, read_password_file
from telemetry.queries.access import broker_identities

NEW_PASSWORDS = "new-passwords"


class Command(BaseCommand):
    help = (
        "Write `passwords` and `acl` for Mosquitto into a directory: one account for each device, held to its"
        " own topics, and the platform's own from MQTT_URL. Passwords are made once, told in `new-passwords`."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--directory", type=Path, required=True)
        parser.add_argument(
            "--rotate", action="append", default=[], metavar="NAME", help="Make a new password."
        )

    def handle(self, *args: Any, **options: Any) -> None:
        folder: Path = options["directory"]
        folder.mkdir(parents=True, exist_ok=True)
        address = Address.of(settings.MQTT_URL)
        platform = address.username or "chabaka"
        identities = broker_identities(platform)
        names = {one.name for one in identities}
        if unknown := sorted(set(options["rotate"]) - names):
            raise CommandError(_("No such account: %(names)s.") % {"names": ", ".join(unknown)})
        if len(names) != len(identities):
            raise CommandError(_("Two accounts have the same name; rename the device or the family."))
        if unfit := sorted(repr(one.name) for one in identities if not is_writable(one)):
            raise CommandError(
                _("This cannot be the name of an account: %(names)s.") % {"names": ", ".join(unfit)}
            )
        made = self._write_passwords(folder, names, platform, address.password, set(options["rotate"]))
        _write(folder / "acl", access_list(identities))
        counts = {"accounts": len(names), "made": len(made), "folder": folder}
        self.stdout.write(_("%(accounts)d accounts in %(folder)s, %(made)d with a new password.") % counts)
        if made:
            self.stdout.write(_("Hand over and delete: %(file)s") % {"file": folder / NEW_PASSWORDS})
        self.stdout.write(_("Tell Mosquitto: kill -HUP, or restart it where passwords were taken away."))

    def _write_passwords(
        self, folder: Path, names: set[str], platform: str, own: str, rotate: set[str]
    ) -> dict[str, str]:
        path = folder / "passwords"
        before = read_password_file(path.read_text()) if path.exists() else {}
        kept = {name: value for name, value in before.items() if name in names - rotate}
        made = {name: secrets.token_urlsafe(18) for name in sorted(names - kept.keys())}
        if own and platform not in rotate:
            # The platform's password is the one it signs in with; it is not told again.
            made.pop(platform, None)
            kept[platform] = hashed(own)
        _write(path, password_file(kept | {name: hashed(password) for name, password in made.items()}))
        if made:
            _write(folder / NEW_PASSWORDS, "".join(f"{name}:{word}\n" for name, word in made.items()))
        return made


def _write(path: Path, text: str) -> None:
    """Replace a file whole; only its owner can read it, who stays the same: the broker reads it again."""
    partial = path.with_suffix(".part")
    with os.fdopen(os.open(partial, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "w") as file:
        file.write(text)
        if path.exists():
            before = path.stat()
            os.fchown(file.fileno(), before.st_uid, before.st_gid)
    partial.replace(path)
