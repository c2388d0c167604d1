"""A street with one of everything on it, its people, and personal data to look for where it must not be."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from datetime import date, timedelta
from functools import lru_cache
from typing import Any
from uuid import UUID

from django.contrib.gis.geos import Point
from django.db.backends.postgresql.psycopg_any import DateTimeTZRange
from django.test import Client
from django.urls import URLPattern, URLResolver, get_resolver

from backend.core import clock
from backend.core.models import AccessKey, User
from backend.core.services.access_keys import make_access_key
from gis.models import ConnectionPoint, Correction, ImportJob, Link, Network, QualityFinding
from gis.services import record_correction
from maintenance import services
from maintenance.models import Incident, IncidentProposal, Report, WorkOrder, WorkOrderPhoto
from metering.models import ConsumptionFlag, Contact, Meter, RegisterReading, ServiceAgreement, Source
from telemetry.models import Alarm, AlarmDuty, DeadLetter, DeviceFamily, SparkplugEdge
from tests.factories import core as cast
from tests.factories import maintenance as make
from webmap import drafts
from webmap.drafts import Draft

DWELLING = (-2.3171234, 34.9203456)
CUSTOMER, CUSTOMER_PHONE = "Zoubida Benplantée", "+212677889911"
REPORTER_PHONE, TEXT, ADDRESS = "+212666554433", "Jardin secret inondé", "17 impasse des Figuiers"
REASON = "Conduite percée devant chez Zoubida"
SECRETS = (
    *(CUSTOMER, "Zoubida", CUSTOMER_PHONE, "0677889911", "06 77 88 99 11", "Lalla Planton"),
    *(REPORTER_PHONE, "0666554433", "06 66 55 44 33", TEXT, ADDRESS, REASON),
    *("2.3171234", "34.9203456", "2.31712", "34.92034", "Samira El Idrissi", "Hicham Bennani"),
)
"""What a stranger may read nowhere: of customers, of who reports, of staff."""


@dataclass
class World:
    """Everything stands in the west of the street, in `dma-west`."""

    network: Network
    report: Report
    incident: Incident
    order: WorkOrder
    photo: WorkOrderPhoto
    proposal: IncidentProposal
    alarm: Alarm
    meter: Meter
    draft: Draft
    access_key: AccessKey
    finding: QualityFinding
    people: dict[str, User | None]
    clients: dict[str, Client] = field(default_factory=dict)

    def __post_init__(self) -> None:
        for name, person in self.people.items():
            self.clients[name] = browser()
            if person:
                self.clients[name].force_login(person)

    def client(self, name: str) -> Client:
        """Return the browser of a person, signed in."""
        return self.clients[name]

    def addresses(self) -> dict[str, str]:
        """Return the address of every route of the platform but the administration's, by its name."""
        words = self._words()
        return {name: _filled(name, template, words) for name, template in routes().items()}

    def _words(self) -> dict[str, Any]:
        """Return what stands for each variable of an address, by `route.variable` or the variable."""
        return {
            "code": "dma-west",
            "telemetry_family.code": DeviceFamily.objects.get().code,
            "device-family-detail.code": DeviceFamily.objects.get().code,
            "device-family-preview.code": DeviceFamily.objects.get().code,
            "letter_id": DeadLetter.objects.get().pk,
            "edge_id": SparkplugEdge.objects.get().pk,
            "reference": self.report.reference,
            "key": self.draft.key,
            "name": "where",
            "layer": "zones",
            "collection_id": "connection-points",
            "feature_id": ConnectionPoint.objects.get(network=self.network, code="W-1").pk,
            "z": 14,
            "x": 8086,
            "y": 6488,
            "order_id": self.order.pk,
            "record_id": 0,
            "job_id": ImportJob.objects.get().public_id,
            "finding_id": self.finding.pk,
            **{f"gis-finding-{tail}.pk": self.finding.pk for tail in ("detail", "repair", "reopen")},
            "incident_id": self.incident.pk,
            "proposal_id": self.proposal.pk,
            "member": self.incident.members.get().pk,
            "member_id": self.incident.members.get().pk,
            "key_id": self.access_key.pk,
            "uidb36": "1",
            "correction_id": Correction.objects.get().pk,
            **{f"gis-correction-{tail}.pk": Correction.objects.get().pk for tail in CORRECTION_TAILS},
            "field_correction.network": "street",
            "field_correction.kind": "pipe",
            "field_correction.code": "p1",
            "gis-network-export.code": "street",
            **{f"{name}.public_id": UUID(int=0) for name in ("gis-export", "gis-export-file")},
            "network_export_job.job_id": UUID(int=0),
            "gis-network-exports.code": "street",
            **{f"gis-removed-{what}-restore.pk": 1 for what in ("node", "link", "connection-point")},
            "network_restore.table": "link",
            "network_restore.event_id": 1,
            "gis-zone-proposal-accept.pk": 1,
            "gis-zone-proposal-dismiss.pk": 1,
            "gis-node-detail.code": "a",
            "gis-link-detail.code": "p1",
            "gis-connection-point-detail.code": "W-1",
            "gis-node-history.code": "a",
            "gis-link-history.code": "p1",
            "gis-connection-point-history.code": "W-1",
            "device-detail.code": "PL-a",
            **{f"device-{tail}.code": "PL-a" for tail in ("health", "quarantine", "family-change")},
            **{f"telemetry_device{tail}.code": "PL-a" for tail in ("", "_quarantine", "_family")},
            "sensor-detail.code": "PL-a.pressure_kpa",
            "sensor-readings.code": "PL-a.pressure_kpa",
            "alarm-detail.pk": self.alarm.pk,
            "alarm-transitions.pk": self.alarm.pk,
            "alarm-ungroup.pk": self.alarm.pk,
            "rule_id": self.alarm.rule_id,
            "alarm_id": self.alarm.pk,
            "suppression_id": 0,
            "duty_id": AlarmDuty.objects.get().pk,
            "alarm-duty-detail.pk": AlarmDuty.objects.get().pk,
            "priority": 1,
            **{f"alarm-rule-{tail}.pk": self.alarm.rule_id for tail in ("detail", "aside")},
            "alarm-group-acknowledge.pk": 0,
            "alarm-template-detail.pk": 0,
            "alarm-suppression-detail.pk": 0,
            "metering-meter-readings.code": "M-1",
            "metering-meter-consumption.code": "M-1",
            "maintenance-report-photo.public_id": self.report.photos.get().public_id,
            "maintenance-order-photo.public_id": self.photo.public_id,
            **{f"maintenance-incident{tail}.pk": self.incident.pk for tail in INCIDENT_TAILS},
            **{f"maintenance-order{tail}.pk": self.order.pk for tail in ORDER_TAILS},
            "maintenance-proposal-accept.pk": self.proposal.pk,
            "maintenance-proposal-dismiss.pk": self.proposal.pk,
            "account_confirm_email.key": "nothing",
            "account_reset_password_from_key.key": "nothing",
        }


CORRECTION_TAILS = ("detail", "photo", "transitions")
INCIDENT_TAILS = ("", "-transitions", "-members", "-unlink", "-restoration")
ORDER_TAILS = ("", "-transitions", "-assign", "-suggestions", "-notes", "-photos")


def build() -> World:
    """Build the street; Samira works in the west, Zineb dispatches in the east only."""
    network = make.town()
    hicham = make.at_the_desk(cast.hicham())
    samira, youssef = make.crew(make.at_the_desk(cast.samira())), make.crew(make.at_the_desk(cast.youssef()))
    record_correction(
        element=Link.objects.get(network=network, code="p1"),
        author=samira.user,
        changes={"diameter_mm": 150},
        photo=make.photo().read(),
    )
    fatima = cast.person("fatima", "citizen", full_name="Lalla Planton")
    report = make.report(
        DWELLING, reporter=fatima, text=TEXT, phone=REPORTER_PHONE, place=ADDRESS, photos=[make.photo()]
    )
    incident = make.incident(hicham, report)
    incident = services.transition_incident(incident=incident, to="confirmed", actor=hicham, reason=REASON)
    draft_order = make.order(hicham, incident)
    order = services.assign(order=draft_order, technician=samira, actor=hicham, version=draft_order.version)
    photo = services.add_order_photo(order=order, author=samira.user, file=make.photo())
    proposal = services.consider_report(make.report(DWELLING, text=TEXT).pk)
    assert proposal is not None
    people: dict[str, User | None] = {
        "anonymous": None,
        "citizen": cast.person("mehdi", "citizen"),
        "reporter": fatima,
        "agent": make.at_the_desk(cast.karim()),
        "technician": samira.user,
        "other technician": youssef.user,
        "dispatcher": hicham,
        "dispatcher elsewhere": make.at_the_desk(cast.person("zineb", "dispatcher"), "dma-east"),
        "supervisor": make.at_the_desk(cast.salma()),
        "analyst": make.at_the_desk(cast.leila()),
        "administrator": cast.omar(),
        "former dispatcher": make.at_the_desk(cast.person("tarik")),
    }
    ImportJob.objects.create(actor=hicham, file_name="rue.inp", size_bytes=1, state="received")
    draft = Draft()
    drafts.keep(draft)
    salma = people["supervisor"]
    assert salma is not None
    now = clock.now()
    AlarmDuty.objects.create(user=salma, starts_at=now, ends_at=now + timedelta(hours=8))
    key, _text = make_access_key(user=salma, name="QGIS", days=30)
    alarm, meter = make.alarm(network), _meter(network)
    kept = (draft, key, _finding(network))
    return World(network, report, incident, order, photo, proposal, alarm, meter, *kept, people)


def _finding(network: Network) -> QualityFinding:
    point = ConnectionPoint.objects.get(network=network, code="W-1")
    return QualityFinding.objects.create(
        check_code="point_without_meter",
        key=f"connection_point:{point.pk}",
        network=network,
        subject_table="connection_point",
        subject_id=point.pk,
        subject_kind="connection_point",
        subject_code=point.code,
        geom=point.geom,
    )


def _meter(network: Network) -> Meter:
    """Serve a named customer at a dwelling whose meter was read and flagged."""
    point = ConnectionPoint.objects.get(network=network, code="W-1")
    point.address = ADDRESS
    point.geom = Point(*DWELLING, srid=4326)
    point.save()
    contact = Contact.objects.create(full_name=CUSTOMER, phone=CUSTOMER_PHONE, language="fr")
    always = DateTimeTZRange(make.LONG_AGO, None)
    ServiceAgreement.objects.create(connection_point=point, contact=contact, valid=always)
    meter = Meter.objects.create(code="M-1", utility="water", connection_point=point, installed=always)
    at = clock.now() - timedelta(hours=2)
    RegisterReading.objects.create(meter=meter, at=at, value=4711, source=Source.MANUAL)
    monday = date(2026, 6, 1)
    ConsumptionFlag.objects.create(
        meter=meter, week=monday, previous_week=date(2025, 6, 2), days=7, value=9, previous=3, ratio=3
    )
    now = clock.now()
    DeviceFamily.objects.create(code="logger", protocol="mqtt")
    SparkplugEdge.objects.create(path="street/rtu", first_heard_at=clock.now(), heard_at=clock.now())
    DeadLetter.objects.create(
        topic="telemetry/x", payload=b"?", size=1, reason="json", first_received_at=now, received_at=now
    )
    return meter


@lru_cache(maxsize=1)
def _middleware() -> Any:
    handler = Client().handler
    handler.load_middleware()
    return handler._middleware_chain


def browser(**options: Any) -> Client:
    """Return a client in English that tells faults of ours as 500, sharing the middleware of all."""
    made = Client(raise_request_exception=False, headers={"Accept-Language": "en"}, **options)
    if not options:
        made.handler._middleware_chain = _middleware()
    return made


def routes() -> dict[str, str]:
    """Return the template of every address of the platform but the administration's, by its name."""
    return {
        name or template: re.sub(r"[\^$]", "", re.sub(r"\[\^", "[!", template))
        for template, name in _walk(get_resolver(), "")
        if not template.startswith("/admin/")
    }


VARIABLE = re.compile(r"\(\?P<(\w+)>(?:[^()\[\]]|\[[^]]*\])*\)|<(?:\w+:)?(\w+)>")


def _filled(route: str, template: str, words: dict[str, Any]) -> str:
    def word(found: re.Match[str]) -> str:
        variable = found[1] or found[2]
        return str(words.get(f"{route}.{variable}", words.get(variable)))

    return VARIABLE.sub(word, template)


def _walk(resolver: Any, prefix: str) -> Any:
    for entry in resolver.url_patterns:
        if isinstance(entry, URLResolver):
            yield from _walk(entry, prefix + str(entry.pattern))
        elif isinstance(entry, URLPattern):
            yield "/" + prefix + str(entry.pattern), entry.name


def shut(answer: Any) -> None:
    """Close the file behind an answer, without ending the test's connection as a server would."""
    for close in getattr(answer, "_resource_closers", ()):
        close()
