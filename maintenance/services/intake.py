"""Take in what people report."""

from __future__ import annotations

import math
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import IO, Any

from django.conf import settings
from django.contrib.gis.geos import Point
from django.core.files.base import ContentFile
from django.core.files.uploadedfile import UploadedFile
from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from backend.core import clock
from backend.core.errors import InvalidInput
from backend.core.models import User
from backend.core.queries.organisation import organisation
from backend.core.services.photos import CleanPhoto, clean_photo
from gis import queries as gis
from maintenance.domain.phones import to_e164
from maintenance.domain.references import new_reference
from maintenance.domain.texts import cleaned
from maintenance.models import Category, Report, ReportPhoto
from maintenance.services import messages, network
from maintenance.services.states import transition_report

Photo = UploadedFile | IO[bytes] | CleanPhoto
TEXT_LENGTH, PLACE_LENGTH = 4000, 300
PHOTOS_A_REPORT = 5


@dataclass
class Submission:
    """A report as it was typed, made ready to store; what is wrong with it is in `errors` by field."""

    category: Category | None = None
    text: str = ""
    phone: str = ""
    language: str = ""
    point: Point | None = None
    place: str = ""
    zone: Any | None = None
    photos: list[CleanPhoto] = field(default_factory=list)
    errors: dict[str, list[str]] = field(default_factory=dict)


def normalise_phone(text: str) -> str:
    """Return a number in E.164; nothing stays nothing.

    Raises:
        InvalidInput: this is no phone number.
    """
    if not text.strip():
        return ""
    number = to_e164(text)
    if number is None:
        raise InvalidInput(errors={"phone": [_("This is not a phone number. Example: 06 12 34 56 78.")]})
    return number


def submit_report(
    *,
    category: str,
    text: str = "",
    phone: str = "",
    language: str = "fr",
    lon: float | None = None,
    lat: float | None = None,
    place: str = "",
    zone: str | None = None,
    photos: Iterable[Photo] = (),
    reporter: User | None = None,
    recorded_by: User | None = None,
    submission_key: str | None = None,
) -> Report:
    """Record a report, tie it to its zones and network, acknowledge it by SMS.

    A place outside the service area is accepted and marked.

    Args:
        category: code of an active category.
        phone: as typed; empty for who wants no message.
        lon, lat: degrees, EPSG:4326; `place` describes it in words instead or besides.
        zone: code of the zone the person chose, counted where there is no point.
        reporter: who is signed in, if anyone.
        recorded_by: the agent who acts for the reporter.
        submission_key: the same key gives the same report again.

    Raises:
        InvalidInput: `errors` by field: category, text, phone, language, location, place, photo.
    """
    if submission_key and (kept := Report.objects.filter(submission_key=submission_key).first()):
        return kept
    made = check_submission(
        category=category,
        text=text,
        phone=phone,
        language=language,
        lon=lon,
        lat=lat,
        place=place,
        zone=zone,
        photos=photos,
    )
    if made.errors:
        raise InvalidInput(errors=made.errors)
    try:
        return _store(made, reporter=reporter, recorded_by=recorded_by, submission_key=submission_key)
    except IntegrityError:
        if submission_key and (kept := Report.objects.filter(submission_key=submission_key).first()):
            return kept
        raise


def check_submission(
    *,
    category: str,
    text: str = "",
    phone: str = "",
    language: str = "fr",
    lon: float | None = None,
    lat: float | None = None,
    place: str = "",
    zone: str | None = None,
    photos: Iterable[Photo] = (),
) -> Submission:
    """Read what was typed into a `Submission`, with everything that is wrong with it at once."""
    made = Submission(text=cleaned(text), place=cleaned(place), language=language)
    made.category = Category.objects.filter(code=category, active=True).select_related("skill").first()
    if made.category is None:
        made.errors["category"] = [_("Choose what the report is about.")]
    if len(made.text) > TEXT_LENGTH:
        made.errors["text"] = [_("The text is too long: 4000 characters at most.")]
    if language not in dict(settings.LANGUAGES):
        made.errors["language"] = [_("Choose French, Arabic or English.")]
    if len(made.place) > PLACE_LENGTH:
        made.errors["place"] = [_("The description of the place is too long: 300 characters at most.")]
    _read_phone(made, phone)
    if zone:
        made.zone = gis.zone_by_code(zone)
        if made.zone is None:
            made.errors["zone"] = [_("There is no such zone.")]
    _read_point(made, lon, lat)
    _read_photos(made, photos)
    return made


def _read_phone(made: Submission, phone: str) -> None:
    try:
        made.phone = normalise_phone(phone)
    except InvalidInput as error:
        made.errors |= error.extra["errors"]


def _read_point(made: Submission, lon: float | None, lat: float | None) -> None:
    if lon is None and lat is None:
        if not made.place and made.zone is None:
            made.errors["location"] = [_("Say where: show a point or describe the place.")]
        return
    if lon is None or lat is None or not (math.isfinite(lon) and math.isfinite(lat)):
        made.errors["location"] = [_("A point needs a longitude and a latitude.")]
    elif not (-180 <= lon <= 180 and -90 <= lat <= 90) or (lon == 0 and lat == 0):
        made.errors["location"] = [_("This point is not on the map.")]
    else:
        made.point = Point(lon, lat, srid=4326)


def _read_photos(made: Submission, photos: Iterable[Photo]) -> None:
    try:
        for photo in photos:
            if len(made.photos) == PHOTOS_A_REPORT:
                made.errors["photo"] = [_("Five photos at most.")]
                return
            made.photos.append(clean_photo(photo))
    except InvalidInput as error:
        made.errors |= error.extra["errors"]


@transaction.atomic
def _store(
    made: Submission, *, reporter: User | None, recorded_by: User | None, submission_key: str | None
) -> Report:
    operator = organisation()
    report = Report(
        reference=new_reference(operator.reference_prefix),
        submission_key=submission_key,
        category=made.category,
        text=made.text,
        phone=made.phone,
        language=made.language,
        place=made.place or (made.zone.name if made.zone and not made.point else ""),
        reporter=reporter,
        recorded_by=recorded_by,
        submitted_at=clock.now(),
    )
    if made.point:
        zones = _place(report, made.point, operator.service_area)
    else:
        report.zone = made.zone
        zones = [made.zone] if made.zone else []
    report.save(force_insert=True)
    report.zones.set(zones)
    for photo in made.photos:
        ReportPhoto.objects.create(
            report=report,
            file=ContentFile(photo.content, name=f"{photo.sha256[:16]}.jpg"),
            width=photo.width,
            height=photo.height,
            sha256=photo.sha256,
        )
    report = transition_report(report=report, to="received", actor=None)
    messages.tell_reporter(report, messages.RECEIVED if report.in_service_area else messages.OUTSIDE)
    return report


def _place(report: Report, point: Point, service_area: Any | None) -> list[Any]:
    utility = report.category.utility
    report.geom = point
    report.in_service_area = service_area is None or service_area.covers(point)
    found = network.tie(point.x, point.y, utility=utility)
    report.network_id, report.node_id, report.link_id = found.network_id, found.node_id, found.link_id
    report.nearest_distance_m = found.distance_m
    if report.in_service_area:
        report.supply_group_key = found.supply_group_key
        report.supply_group_label = found.supply_group_label
    zones, report.zone = network.zones_of(point.x, point.y, report.submitted_at, utility=utility)
    return zones
