"""Try registers out: read them from a device now, or take pasted words, and show what they could mean."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, replace
from functools import partial

from django.conf import settings
from django.utils.module_loading import import_string
from django.utils.translation import gettext as _

from backend.core.errors import InvalidInput, NotFound
from telemetry.domain.blocks import MAX_BITS, MAX_REGISTERS, Block, Item, coalesce, split
from telemetry.domain.device_file import FamilyEntry
from telemetry.domain.register_guesses import ORDER_NAMES, Guess, guesses
from telemetry.domain.registers import BIT_TABLES, TABLES, RegisterSpec, Table, decode
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
    found = _visible(user, device)
    block = _block(table, address, count)
    try:
        words = asyncio.run(_read(found, block))
    except DeviceError as error:
        raise InvalidInput(_("The device gave no value: %(reason)s.") % {"reason": error.reason}) from error
    return Tried(words, [] if block.table in BIT_TABLES else guesses(words))


@dataclass(frozen=True, slots=True)
class TriedValue:
    """Hold what one value of a register map is now; `orders` in all four, empty where there is one word."""

    key: str
    unit: str
    words: list[int]
    value: float | None
    reason: str
    order: str
    orders: dict[str, float | None]


def try_map(*, user: Viewer, device: str, entry: FamilyEntry) -> list[TriedValue]:
    """Read the whole register map of a family from a device now, as it is written and in all four orders.

    Raises:
        NotFound: there is no such Modbus device in the person's jurisdiction.
        InvalidInput: there is nothing to read, or the device did not answer.
    """
    found = _visible(user, device)
    specs = {one.key: RegisterSpec(**one.modbus.model_dump()) for one in entry.sensors if one.modbus}
    if not specs:
        raise InvalidInput(_("There is no register to read."))
    try:
        words = asyncio.run(_read_map(found, specs))
    except DeviceError as error:
        raise InvalidInput(_("The device gave no value: %(reason)s.") % {"reason": error.reason}) from error
    return [
        _tried(one.key, one.unit, specs[one.key], words.get(one.key)) for one in entry.sensors if one.modbus
    ]


def _tried(key: str, unit: str, spec: RegisterSpec, words: list[int] | None) -> TriedValue:
    order = ORDER_NAMES[spec.word_order, spec.byte_order]
    if words is None:
        return TriedValue(key, unit, [], None, "illegal_address", order, {})
    read = decode(spec, words)
    orders = {
        name: decode(replace(spec, word_order=word, byte_order=byte), words).value
        for (word, byte), name in ORDER_NAMES.items()
        if spec.table not in BIT_TABLES and spec.count > 1
    }
    return TriedValue(key, unit, words, read.value, read.reason, order, orders)


async def _read_map(device: Device, specs: Mapping[str, RegisterSpec]) -> dict[str, list[int]]:
    """Read the blocks of a map; a block that meets an illegal address is taken apart."""
    waiting = coalesce(
        [Item(key, spec) for key, spec in specs.items()], max_gap=device.modbus.get("max_gap", 8)
    )
    found: dict[str, list[int]] = {}
    async with _connected(device) as read:
        while waiting:
            block = waiting.pop()
            try:
                words = await read(block=block)
            except DeviceError as error:
                if not error.permanent:
                    raise
                waiting += split(block)
                continue
            found |= {item.key: block.words_of(item, words) for item in block.items}
    return found


def _visible(user: Viewer, code: str) -> Device:
    found = Device.objects.visible_to(user).filter(code=code, protocol=Protocol.MODBUS).first()
    if found is None:
        raise NotFound
    return found


def _block(table: str, address: int, count: int) -> Block:
    known: dict[str, Table] = {name: name for name in TABLES}
    most = MAX_BITS if table in BIT_TABLES else MAX_REGISTERS
    if table not in known or not 0 <= address <= 0xFFFF or not 1 <= count <= most:
        raise InvalidInput(_("There is no such register."))
    if address + count > 0x10000:
        raise InvalidInput(_("There is no such register."))
    return Block(known[table], address, count, ())


async def _read(device: Device, block: Block) -> list[int]:
    async with _connected(device) as read:
        return await read(block=block)


@asynccontextmanager
async def _connected(device: Device) -> AsyncIterator[Callable[..., Awaitable[list[int]]]]:
    """Give a way to read from a device over a connection of its own."""
    connect: Callable[[str], RegisterReader] = import_string(settings.MODBUS_READER)
    reader = connect(endpoint_of(device, settings.MODBUS_URL))
    timeout_s = min(float(device.modbus.get("timeout_s", 1.0)), LONGEST_S)
    try:
        yield partial(reader.read, unit=device.modbus.get("unit", 1), timeout_s=timeout_s)
    finally:
        await reader.close()
