"""Try registers out: read them from a device now, or take pasted words, and show what they could mean."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from django.conf import settings
from django.utils.module_loading import import_string
from django.utils.translation import gettext as _

from backend.core.errors import InvalidInput, NotFound
from telemetry.domain.blocks import MAX_BITS, MAX_REGISTERS, Block
from telemetry.domain.register_guesses import Guess, guesses
from telemetry.domain.registers import BIT_TABLES, TABLES, Table
from telemetry.models import Device, Protocol
from telemetry.models.scoping import Viewer
from telemetry.ports import DeviceError, RegisterReader
from telemetry.services.polling.plan import endpoint_of

LONGEST_S = 5.0


@dataclass(frozen=True, slots=True)
class Tried:
    """Hold words and what they could mean; a bit has no order and no guesses."""

    words: list[int]
    guesses: list[Guess]


def guess_words(*, words: Sequence[int]) -> Tried:
    """Show what pasted words could mean.

    Raises:
        InvalidInput: they are no 16-bit words, none, or too many.
    """
    if not 0 < len(words) <= MAX_REGISTERS or not all(0 <= word <= 0xFFFF for word in words):
        raise InvalidInput(_("Give 1 to 125 words, each from 0 to 65535."))
    return Tried(list(words), guesses(words))


def try_registers(*, user: Viewer, device: str, table: str, address: int, count: int) -> Tried:
    """Read registers of a device now, over a connection of their own, and show what they could mean.

    Raises:
        NotFound: there is no such Modbus device in the person's jurisdiction.
        InvalidInput: the place is none, or the device refused or did not answer.
    """
    found = Device.objects.visible_to(user).filter(code=device, protocol=Protocol.MODBUS).first()
    if found is None:
        raise NotFound
    block = _block(table, address, count)
    try:
        words = asyncio.run(_read(found, block))
    except DeviceError as error:
        raise InvalidInput(_("The device gave no value: %(reason)s.") % {"reason": error.reason}) from error
    return Tried(words, [] if block.table in BIT_TABLES else guesses(words))


def _block(table: str, address: int, count: int) -> Block:
    known: dict[str, Table] = {name: name for name in TABLES}
    most = MAX_BITS if table in BIT_TABLES else MAX_REGISTERS
    if table not in known or not 0 <= address <= 0xFFFF or not 1 <= count <= most:
        raise InvalidInput(_("There is no such register."))
    if address + count > 0x10000:
        raise InvalidInput(_("There is no such register."))
    return Block(known[table], address, count, ())


async def _read(device: Device, block: Block) -> list[int]:
    connect: Callable[[str], RegisterReader] = import_string(settings.MODBUS_READER)
    reader = connect(endpoint_of(device, settings.MODBUS_URL))
    timeout_s = min(float(device.modbus.get("timeout_s", 1.0)), LONGEST_S)
    try:
        return await reader.read(unit=device.modbus.get("unit", 1), block=block, timeout_s=timeout_s)
    finally:
        await reader.close()
