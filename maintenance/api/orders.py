"""Work orders: written at the desk, done in the field."""

from __future__ import annotations

from typing import Any

from django.db.models import QuerySet
from drf_spectacular.utils import extend_schema
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from backend.core.api.idempotency import idempotent
from backend.core.errors import NotFound
from backend.core.permissions import HasRole
from maintenance import queries, services
from maintenance.api import inputs, outputs
from maintenance.api.lists import StateList, signed_in
from maintenance.domain.states import ORDER, ORDER_OPEN
from maintenance.models import WorkOrder
from maintenance.queries.rows import order_row

DESK = HasRole("dispatcher", "supervisor")


class OrderList(StateList):
    """Orders a person may see: a technician their own, the desk those of its jurisdiction."""

    serializer_class = outputs.OrderRowOutput
    table = ORDER
    open_states = ORDER_OPEN
    row = staticmethod(order_row)

    def get_queryset(self) -> QuerySet[Any]:
        return queries.orders(self.request.user)

    def in_zone(self, found: QuerySet[Any], code: str) -> QuerySet[Any]:
        return found.filter(incident__zone__code=code)

    @extend_schema(request=inputs.OrderInput, responses={201: outputs.OrderRowOutput})
    @idempotent
    def post(self, request: Request) -> Response:
        given = inputs.OrderInput(data=request.data)
        given.is_valid(raise_exception=True)
        asked = given.validated_data
        incident = queries.incident(request.user, asked.pop("incident"))
        order = services.create_order_from_incident(incident=incident, actor=signed_in(request), **asked)
        return Response(order_body(request, order), status=201)


class OrderDetailView(APIView):
    """One order: where, what to close, what was written and photographed, what is missing."""

    @extend_schema(responses=outputs.OrderDetailOutput)
    def get(self, request: Request, pk: int) -> Response:
        return Response(order_body(request, queries.order(request.user, pk)))


class OrderTransitions(APIView):
    """Change the state of an order."""

    @extend_schema(request=inputs.OrderTransitionInput, responses=outputs.OrderDetailOutput)
    @idempotent
    def post(self, request: Request, pk: int) -> Response:
        given = inputs.OrderTransitionInput(data=request.data)
        given.is_valid(raise_exception=True)
        asked = given.validated_data
        order = queries.order(request.user, pk)
        chosen = asked.pop("technician")
        technician = _technician(request, chosen) if chosen else None
        order = services.transition_order(
            order=order, actor=signed_in(request), technician=technician, **asked
        )
        return Response(order_body(request, order))


class OrderAssign(APIView):
    """Give an order to a technician; of two dispatchers at once one is told."""

    permission_classes = (DESK,)

    @extend_schema(request=inputs.AssignInput, responses=outputs.OrderDetailOutput)
    @idempotent
    def post(self, request: Request, pk: int) -> Response:
        given = inputs.AssignInput(data=request.data)
        given.is_valid(raise_exception=True)
        order = services.assign(
            order=queries.order(request.user, pk),
            technician=_technician(request, given.validated_data["technician"]),
            actor=signed_in(request),
            version=given.validated_data["version"],
        )
        return Response(order_body(request, order))


class OrderSuggestions(APIView):
    """Who could go, the best first, each with the reason in words."""

    permission_classes = (DESK,)

    @extend_schema(responses=outputs.SuggestionOutput(many=True))
    def get(self, request: Request, pk: int) -> Response:
        found = queries.suggest_technicians(order=queries.order(request.user, pk))
        return Response({"results": outputs.SuggestionOutput(found, many=True).data, "next": None})


class OrderNotes(APIView):
    """Write something on an order."""

    permission_classes = (HasRole("technician", "dispatcher", "supervisor"),)

    @extend_schema(request=inputs.NoteInput, responses={201: outputs.NoteOutput})
    @idempotent
    def post(self, request: Request, pk: int) -> Response:
        given = inputs.NoteInput(data=request.data)
        given.is_valid(raise_exception=True)
        order = queries.order(request.user, pk)
        note = services.add_order_note(order=order, author=signed_in(request), **given.validated_data)
        return Response(
            {"id": note.pk, "text": note.text, "author": str(note.author), "at": note.occurred_at}, status=201
        )


class OrderPhotos(APIView):
    """Add a photo of the work."""

    permission_classes = (HasRole("technician", "dispatcher", "supervisor"),)

    @extend_schema(request=inputs.PhotoInput, responses={201: outputs.PhotoOutput})
    @idempotent
    def post(self, request: Request, pk: int) -> Response:
        given = inputs.PhotoInput(data=request.data)
        given.is_valid(raise_exception=True)
        asked = given.validated_data
        order = queries.order(request.user, pk)
        photo = services.add_order_photo(
            order=order, author=signed_in(request), file=asked.pop("photo"), **asked
        )
        row = queries.order_photo_row(photo)
        return Response(outputs.PhotoOutput(row).data, status=201)


def order_body(request: Request, order: WorkOrder) -> dict[str, Any]:
    """Return one order whole; for who has just declined it, only its row."""
    try:
        detail = queries.order_detail(request.user, order.pk)
    except NotFound:
        return dict(outputs.OrderRowOutput(order_row(order, request.user)).data)
    return {**outputs.OrderRowOutput(detail.row).data, **outputs.OrderDetailOutput(detail).data}


def _technician(request: Request, pk: int) -> Any:
    found = next((person for person in queries.technicians_for(request.user) if person.pk == pk), None)
    if found is None:
        raise NotFound
    return found
