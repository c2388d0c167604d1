"""Write work orders, give them to technicians, and keep what comes back from the field."""

from __future__ import annotations

import uuid
from datetime import datetime
from typing import IO, Any, TypeVar

from django.core.files.base import ContentFile
from django.core.files.uploadedfile import UploadedFile
from django.db import transaction
from django.utils.translation import gettext as _

from backend.core import clock
from backend.core.errors import InvalidInput, NotFound, TransitionForbidden, VersionConflict
from backend.core.models import Role, User
from backend.core.queries.users import roles_of
from backend.core.services import outbox
from backend.core.services.photos import CleanPhoto, clean_photo
from maintenance.domain.states import INCIDENT_OPEN, ORDER, ORDER_ASSIGNABLE
from maintenance.domain.texts import cleaned
from maintenance.models import Incident, Skill, Technician, WorkOrder, WorkOrderNote, WorkOrderPhoto
from maintenance.services.incidents import require_desk
from maintenance.services.states import ORDER_TOPIC, transition_order

PRIORITY_UNKNOWN, TITLE_LENGTH, TEXT_LENGTH = 2, 200, 4000
DEFAULT_SKILL = {"water": "water-network", "electricity": "electricity-network"}


Kept = TypeVar("Kept", WorkOrderNote, WorkOrderPhoto)


@transaction.atomic
def create_order_from_incident(
    *,
    incident: Incident,
    actor: User,
    title: str = "",
    instructions: str = "",
    skill: str | None = None,
    priority: int | None = None,
    due_at: datetime | None = None,
) -> WorkOrder:
    """Write a draft order to repair an incident; place, valves, skill and priority come from it unless told.

    Raises:
        InvalidInput: a skill or priority that does not exist, a text too long.
        TransitionForbidden: the incident is over.
    """
    require_desk(actor)
    if incident.state not in INCIDENT_OPEN:
        raise TransitionForbidden(current=incident.state, version=incident.version, allowed=[])
    category = incident.category
    order = WorkOrder.objects.create(
        incident=incident,
        utility=incident.utility,
        title=_short(title, "title", TITLE_LENGTH),
        instructions=_short(instructions, "instructions", TEXT_LENGTH),
        priority=_priority(priority, category.priority if category else PRIORITY_UNKNOWN),
        skill=_skill(skill) if skill else (category.skill if category else _default_skill(incident.utility)),
        place=_place(incident),
        geom=incident.geom,
        network=incident.network,
        node=incident.node,
        link=incident.link,
        isolation=incident.isolation,
        due_at=due_at,
        created_by=actor,
        created_at=clock.now(),
    )
    payload = {"id": order.pk, "from": "", "to": order.state, "at": clock.now().isoformat(), "version": 1}
    outbox.publish(ORDER_TOPIC, payload)
    return order


def _place(incident: Incident) -> str:
    """Return where it is in the words of the first who said it: a crew without a point finds it too."""
    said = incident.members.filter(unlinked_at=None).exclude(report=None).exclude(report__place="")
    first = said.select_related("report").order_by("pk").first()
    return first.report.place if first and first.report else ""


@transaction.atomic
def assign(*, order: WorkOrder, technician: Technician, actor: User, version: int) -> WorkOrder:
    """Give an order to a technician: approve, plan and dispatch it in one go, each step recorded.

    Of two dispatchers at once one is told that the other was first.

    Raises:
        PermissionRefused: the actor is no dispatcher or supervisor.
        VersionConflict: someone changed the order in the meantime.
        TransitionForbidden: it is with a technician already, or over.
        InvalidInput: the person is no technician now.
    """
    require_desk(actor)
    order = WorkOrder.objects.select_for_update(of=("self",)).get(pk=order.pk)
    allowed = ORDER.allowed(order.state, roles_of(actor))
    refusal: dict[str, Any] = {"current": order.state, "version": order.version, "allowed": allowed}
    if version != order.version:
        raise VersionConflict(_taken(order), **refusal)
    if order.state not in ORDER_ASSIGNABLE:
        raise TransitionForbidden(_taken(order), **refusal)
    if not technician.user.is_active or Role.TECHNICIAN not in roles_of(technician.user):
        raise InvalidInput(errors={"technician": [_("This person is not a technician at the moment.")]})
    for step in _steps_to_dispatch(order.state):
        order = transition_order(
            order=order, to=step, actor=actor, technician=technician if step == "dispatched" else None
        )
    return order


@transaction.atomic
def add_order_note(
    *,
    order: WorkOrder,
    author: User,
    text: str,
    occurred_at: datetime | None = None,
    client_id: uuid.UUID | None = None,
) -> WorkOrderNote:
    """Add what someone wrote; the same `client_id` gives the same note again.

    Raises:
        InvalidInput: there is no text, or too much.
        NotFound: the `client_id` belongs to another order.
    """
    if client_id and (kept := WorkOrderNote.objects.filter(client_id=client_id).first()):
        return _same_order(kept, order, author)
    text = _short(text, "text", TEXT_LENGTH)
    if not text:
        raise InvalidInput(errors={"text": [_("Write something.")]})
    return WorkOrderNote.objects.create(
        order=order,
        author=author,
        text=text,
        client_id=client_id,
        occurred_at=occurred_at or clock.now(),
        recorded_at=clock.now(),
    )


@transaction.atomic
def add_order_photo(
    *,
    order: WorkOrder,
    author: User,
    file: UploadedFile | IO[bytes] | CleanPhoto,
    caption: str = "",
    taken_at: datetime | None = None,
    client_id: uuid.UUID | None = None,
) -> WorkOrderPhoto:
    """Add a photo, re-encoded; the same `client_id` gives the same photo again.

    Raises:
        InvalidInput: this is no photo.
        NotFound: the `client_id` belongs to another order.
    """
    if client_id and (kept := WorkOrderPhoto.objects.filter(client_id=client_id).first()):
        return _same_order(kept, order, author)
    photo = clean_photo(file)
    return WorkOrderPhoto.objects.create(
        order=order,
        author=author,
        caption=_short(caption, "caption", TITLE_LENGTH),
        file=ContentFile(photo.content, name=f"{photo.sha256[:16]}.jpg"),
        width=photo.width,
        height=photo.height,
        sha256=photo.sha256,
        client_id=client_id,
        occurred_at=taken_at or clock.now(),
        recorded_at=clock.now(),
    )


def _steps_to_dispatch(state: str) -> tuple[str, ...]:
    path = ("draft", "approved", "planned", "dispatched")
    return path[2:] if state == "declined" else path[path.index(state) + 1 :]


def _taken(order: WorkOrder) -> str | None:
    if order.technician is None:
        return None
    return _("%(order)s was already given to %(technician)s.") % {
        "order": order.code,
        "technician": order.technician,
    }


def _same_order(kept: Kept, order: WorkOrder, author: User) -> Kept:
    if kept.order_id != order.pk or kept.author_id != author.pk:
        raise NotFound
    return kept


def _short(text: str, field: str, length: int) -> str:
    text = cleaned(text)
    if len(text) > length:
        raise InvalidInput(errors={field: [_("Too long: %d characters at most.") % length]})
    return text


def _priority(asked: int | None, default: int) -> int:
    if asked is None:
        return default
    if asked not in {1, 2, 3, 4}:
        raise InvalidInput(errors={"priority": [_("Choose a priority from 1 to 4.")]})
    return asked


def _skill(code: str) -> Skill:
    skill = Skill.objects.filter(code=code).first()
    if skill is None:
        raise InvalidInput(errors={"skill": [_("There is no such skill.")]})
    return skill


def _default_skill(utility: str) -> Skill | None:
    return Skill.objects.filter(code=DEFAULT_SKILL.get(utility, "")).first()
