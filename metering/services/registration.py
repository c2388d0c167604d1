"""Meters and the people they serve, many at a time."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal

from django.db import transaction
from django.db.backends.postgresql.psycopg_any import DateTimeTZRange
from django.utils.translation import gettext as _

from backend.core import clock
from backend.core.errors import InvalidInput
from gis.queries.memberships import connection_point_ids
from metering.models import Contact, Meter, ServiceAgreement
from metering.models.meters import DEFAULT_DIGITS
from telemetry.queries.registers import sensor_ids_by_code


@dataclass(frozen=True, slots=True)
class NewMeter:
    """A meter to register on a connection point of a network, from an instant on."""

    code: str
    utility: str
    network: str
    connection_point: str
    installed: datetime
    sensor_code: str | None = None
    digits: int = DEFAULT_DIGITS
    multiplier: Decimal = Decimal(1)


@dataclass(frozen=True, slots=True)
class NewAgreement:
    """A person to serve at a connection point, from an instant on."""

    network: str
    connection_point: str
    full_name: str
    phone: str
    language: str
    valid_from: datetime
    consents_to_advice: bool = False


@dataclass(frozen=True, slots=True)
class Registered:
    """How many were new, and how many were known already."""

    added: int
    unchanged: int


@transaction.atomic
def register_meters(*, meters: Sequence[NewMeter]) -> Registered:
    """Register meters; those whose code is known are left as they are.

    Raises:
        InvalidInput: a connection point or a sensor is not known; nothing was registered.
    """
    points = _points((one.network, one.connection_point) for one in meters)
    sensors = sensor_ids_by_code({one.sensor_code for one in meters if one.sensor_code})
    if unknown := sorted({one.sensor_code for one in meters if one.sensor_code} - sensors.keys()):
        raise InvalidInput(errors={"sensor_code": [_("Unknown: %s") % code for code in unknown[:20]]})
    known = set(Meter.objects.filter(code__in=[one.code for one in meters]).values_list("code", flat=True))
    fresh = [one for one in meters if one.code not in known]
    Meter.objects.bulk_create(
        (
            Meter(
                code=one.code,
                utility=one.utility,
                connection_point_id=points[one.network, one.connection_point],
                sensor_id=sensors[one.sensor_code] if one.sensor_code else None,
                digits=one.digits,
                multiplier=one.multiplier,
                installed=DateTimeTZRange(one.installed, None),
            )
            for one in fresh
        ),
        batch_size=2_000,
    )
    return Registered(len(fresh), len(meters) - len(fresh))


@transaction.atomic
def exchange_meter(*, code: str, at: datetime, successor: NewMeter) -> Meter:
    """Take a meter away and put another in its place: the boundary its registers are never read across.

    Raises:
        InvalidInput: the meter is not in place at that instant, or the successor cannot be registered.
    """
    meter = Meter.objects.select_for_update().filter(code=code, installed__contains=at).first()
    if meter is None or successor.installed < at:
        raise InvalidInput(errors={"code": [_("This meter is not in place at that time.")]})
    meter.installed = DateTimeTZRange(meter.installed.lower, at)
    meter.version += 1
    meter.save(update_fields=["installed", "version"])
    register_meters(meters=[successor])
    return Meter.objects.get(code=successor.code)


@transaction.atomic
def register_agreements(*, agreements: Sequence[NewAgreement]) -> Registered:
    """Register who is served; a point that someone is served at already is left as it is.

    Raises:
        InvalidInput: a connection point is not known; nothing was registered.
    """
    points = _points((one.network, one.connection_point) for one in agreements)
    starts = [one.valid_from for one in agreements]
    taken = ServiceAgreement.objects.filter(connection_point__in=points.values())
    if starts:
        taken = taken.filter(valid__overlap=DateTimeTZRange(min(starts), None))
    served = set(taken.values_list("connection_point_id", flat=True))
    fresh = [one for one in agreements if points[one.network, one.connection_point] not in served]
    contacts = Contact.objects.bulk_create(
        (
            Contact(
                full_name=one.full_name,
                phone=one.phone,
                language=one.language,
                consents_to_advice=one.consents_to_advice,
                consented_at=clock.now() if one.consents_to_advice else None,
            )
            for one in fresh
        ),
        batch_size=2_000,
    )
    ServiceAgreement.objects.bulk_create(
        (
            ServiceAgreement(
                connection_point_id=points[one.network, one.connection_point],
                contact=contact,
                valid=DateTimeTZRange(one.valid_from, None),
            )
            for one, contact in zip(fresh, contacts, strict=True)
        ),
        batch_size=2_000,
    )
    return Registered(len(fresh), len(agreements) - len(fresh))


def _points(wanted: Iterable[tuple[str, str]]) -> dict[tuple[str, str], int]:
    by_network: dict[str, set[str]] = defaultdict(set)
    for network, code in wanted:
        by_network[network].add(code)
    found: dict[tuple[str, str], int] = {}
    for network, codes in by_network.items():
        ids = connection_point_ids(network, codes)
        if unknown := sorted(codes - ids.keys()):
            told = [_("Unknown: %s") % f"{network} {code}" for code in unknown[:20]]
            raise InvalidInput(errors={"connection_point": told})
        found |= {(network, code): pk for code, pk in ids.items()}
    return found
