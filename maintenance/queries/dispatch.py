"""Who could go, who has what, what nobody has."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.contrib.gis.geos import Point
from django.contrib.postgres.aggregates import ArrayAgg
from django.db.models import Count, F, OuterRef, Q, Subquery
from django.db.models.functions import Upper
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from backend.core import clock
from backend.core.models import Role
from maintenance.domain.ranking import Candidate, Ranked, rank
from maintenance.domain.states import ORDER_ASSIGNABLE, ORDER_WITH_CREW
from maintenance.models import Shift, Skill, Technician, WorkOrder
from maintenance.models.scoping import ORDER_READERS, Person
from maintenance.queries import scoped
from maintenance.queries.rows import OrderRow, order_row

ON_THE_PHONE = ORDER_WITH_CREW | {"work_done"}


@dataclass(frozen=True, slots=True)
class Suggestion:
    """A technician to send, and why."""

    technician: Technician
    name: str
    distance_m: float | None
    on_shift_until: datetime
    open_orders: int
    explanation: str


@dataclass(frozen=True, slots=True)
class BoardTechnician:
    """A technician on the dispatcher's board."""

    technician_id: int
    name: str
    skills: tuple[str, ...]
    on_shift: bool
    shift_until: datetime | None
    orders: tuple[OrderRow, ...]


@dataclass(frozen=True, slots=True)
class DispatchBoard:
    """The technicians with their orders, and what waits for one."""

    technicians: tuple[BoardTechnician, ...]
    unassigned: tuple[OrderRow, ...]


def suggest_technicians(*, order: WorkOrder, at: datetime | None = None, limit: int = 5) -> list[Suggestion]:
    """Rank the technicians on shift who have the skill of an order, each with the reason in words.

    A place known on this shift counts, else the last order they went to, else their base.
    """
    at = at or clock.now()
    technicians = {technician.pk: technician for technician in _technicians(at)}
    candidates = (_candidate(technician, order) for technician in technicians.values())
    lon, lat = (order.geom.x, order.geom.y) if order.geom else (None, None)
    ranked = rank(candidates, at=at, lon=lon, lat=lat)
    return [_suggestion(entry, technicians[entry.candidate.technician_id]) for entry in ranked[:limit]]


def my_orders(user: Person) -> list[OrderRow]:
    """Return what a technician has on the phone, the most urgent first."""
    mine = WorkOrder.objects.visible_to(user).filter(technician__user=getattr(user, "pk", None))
    listed = mine.filter(state__in=ON_THE_PHONE).with_summary()
    return [
        order_row(order, user)
        for order in listed.order_by("priority", F("due_at").asc(nulls_last=True), "pk")
    ]


def dispatch_board(user: Person, *, at: datetime | None = None) -> DispatchBoard:
    """Return every technician with the orders they have, and the orders nobody has, in the jurisdiction."""
    at = at or clock.now()
    visible = scoped.orders(user).with_summary().order_by("priority", "created_at", "pk")
    rows = [order_row(order, user) for order in visible.filter(state__in=ON_THE_PHONE)]
    held: dict[int, list[OrderRow]] = {}
    for row in rows:
        if row.technician_id is not None:
            held.setdefault(row.technician_id, []).append(row)
    skills = {skill.code: skill.name for skill in Skill.objects.all()}
    return DispatchBoard(
        technicians=tuple(_on_board(technician, held, skills) for technician in _technicians(at)),
        unassigned=tuple(order_row(order, user) for order in visible.filter(state__in=ORDER_ASSIGNABLE)),
    )


def technicians_for(user: Person) -> list[Technician]:
    """Return the technicians a dispatcher may give orders to."""
    from backend.core.queries.users import roles_of

    return list(_technicians(clock.now())) if roles_of(user) & ORDER_READERS else []


def _technicians(at: datetime) -> Any:
    shift = Shift.objects.at(at).filter(technician=OuterRef("pk"))
    latest = WorkOrder.objects.filter(technician=OuterRef("pk"), geom__isnull=False).order_by("-state_at")
    role = Q(user__role_assignments__role=Role.TECHNICIAN, user__role_assignments__valid__contains=at)
    return (
        Technician.objects.filter(role, user__is_active=True)
        .select_related("user")
        .annotate(
            shift_until=Subquery(shift.annotate(until=Upper("period")).values("until")[:1]),
            last_place=Subquery(latest.filter(state__in=ON_THE_PHONE).values("geom")[:1]),
            open_orders=Count("orders", filter=Q(orders__state__in=ORDER_WITH_CREW), distinct=True),
            skill_codes=ArrayAgg("skills__code", filter=Q(skills__isnull=False), distinct=True, default=[]),
        )
        .order_by("pk")
    )


def _candidate(technician: Any, order: WorkOrder) -> Candidate:
    place: Point | None = technician.position or technician.last_place or technician.base
    return Candidate(
        technician_id=technician.pk,
        name=str(technician.user),
        has_skill=order.skill is None or order.skill.code in technician.skill_codes,
        on_shift_until=technician.shift_until,
        open_orders=technician.open_orders,
        lon=place.x if place else None,
        lat=place.y if place else None,
    )


def _suggestion(entry: Ranked, technician: Technician) -> Suggestion:
    candidate = entry.candidate
    assert candidate.on_shift_until is not None
    return Suggestion(
        technician=technician,
        name=candidate.name,
        distance_m=entry.distance_m,
        on_shift_until=candidate.on_shift_until,
        open_orders=candidate.open_orders,
        explanation=_explained(entry),
    )


def _explained(entry: Ranked) -> str:
    candidate = entry.candidate
    assert candidate.on_shift_until is not None
    until = candidate.on_shift_until.astimezone(clock.LOCAL).strftime("%H:%M")
    busy = _("free")
    if candidate.open_orders:
        counted = ngettext("%(count)d order under way", "%(count)d orders under way", candidate.open_orders)
        busy = counted % {"count": candidate.open_orders}
    return _("%(distance)s, %(busy)s, on shift until %(until)s, has the skill") % {
        "distance": _distance(entry.distance_m),
        "busy": busy,
        "until": until,
    }


def _distance(metres: float | None) -> str:
    if metres is None:
        return _("place unknown")
    if metres < 1000:
        return _("%d m away") % (round(metres / 10) * 10)
    return _("%.1f km away") % (metres / 1000)


def _on_board(technician: Any, held: dict[int, list[OrderRow]], skills: dict[str, str]) -> BoardTechnician:
    return BoardTechnician(
        technician_id=technician.pk,
        name=str(technician.user),
        skills=tuple(skills[code] for code in technician.skill_codes if code in skills),
        on_shift=technician.shift_until is not None,
        shift_until=technician.shift_until,
        orders=tuple(held.get(technician.pk, ())),
    )
