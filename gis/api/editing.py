"""Edit an element by `PATCH`, and read what was changed of it."""

from __future__ import annotations

from abc import ABC, abstractmethod
from typing import Any, cast

from django.db.models import QuerySet
from django.utils.translation import gettext as _
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework import viewsets
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.utils.urls import replace_query_param

from backend.core.domain.numbers import whole_number
from backend.core.errors import InvalidInput
from backend.core.models import User
from gis.api.edit_serializers import HistorySerializer, checked_changes
from gis.api.permissions import IsEditor
from gis.api.preconditions import asked_version, with_version
from gis.errors import EditedMeanwhile
from gis.queries.history import History, element_at_version, element_history, table_of
from gis.queries.zone_changes import ZoneDeeds
from gis.services import edit_element

IF_MATCH = OpenApiParameter(
    "If-Match", str, OpenApiParameter.HEADER, required=True, description="The ETag of the version edited."
)
CURSOR = OpenApiParameter("cursor", str, description="Where the page begins; `next` holds it.")


class EditableElements(ABC, viewsets.GenericViewSet[Any]):
    """What a list of elements needs to have them edited; a view finds one with `found`."""

    @abstractmethod
    def found(self, request: Request, code: str) -> Any:
        """Return the element that the address and its parameters name."""

    def get_permissions(self) -> Any:
        return [IsEditor()] if self.action == "partial_update" else super().get_permissions()

    def partial_update(self, request: Request, code: str) -> Response:
        element = self.found(request, code)
        version = asked_version(request)
        editor = cast(User, request.user)
        changes = checked_changes(element, request.data, editor)
        try:
            edit_element(
                table=table_of(element),
                element_id=element.pk,
                version=version,
                changes=changes,
                actor=editor,
            )
        except EditedMeanwhile as conflict:
            self._show_both(conflict)
            raise
        return self._one(self._again(element))

    @extend_schema(
        summary="What was changed of it", parameters=[CURSOR], responses=HistorySerializer, filters=False
    )
    @action(detail=True, pagination_class=None)
    def history(self, request: Request, code: str) -> Response:
        element = self.found(request, code)
        told = element_history(element, before=asked_event(request))
        return Response(HistorySerializer(page_of(told, request)).data)

    def _one(self, element: Any) -> Response:
        return with_version(Response(self.get_serializer(element).data), element.version)

    def _again(self, element: Any) -> Any:
        everywhere: QuerySet[Any] = type(element).objects.select_related("network")
        return everywhere.get(pk=element.pk)

    def _show_both(self, conflict: EditedMeanwhile) -> None:
        """Put into a refusal what the editor began with and what is there now, and who changed it."""
        now = self._again(conflict.element)
        seen = element_at_version(now, conflict.seen)
        last = element_history(now, limit=1).changes
        conflict.extra |= {
            "current": self.get_serializer(now).data,
            "seen": self.get_serializer(seen).data if seen is not None else None,
            "by": last[0].by if last else None,
            "at": last[0].at if last else None,
        }


def editing(what: str, request: Any) -> Any:
    """Describe the edit of one kind of element in the API's document."""
    return extend_schema(
        summary=f"Edit {what}",
        description="A JSON merge patch of the fields below, against the version named by `If-Match`. "
        "412 `edited_meanwhile` holds both versions, `current` and `seen`; 428 asks for `If-Match`.",
        parameters=[IF_MATCH],
        request=request,
        responses={200: OpenApiTypes.OBJECT, 412: OpenApiTypes.OBJECT, 428: OpenApiTypes.OBJECT},
    )


def asked_event(request: Request) -> int | None:
    """Return the event before which a page of history begins, None for the newest.

    Raises:
        InvalidInput: the cursor is none of ours.
    """
    given = request.query_params.get("cursor")
    if given is None:
        return None
    if (number := whole_number(given)) is None:
        raise InvalidInput(errors={"cursor": [_("This is not a cursor of this list.")]})
    return number


def page_of(told: History | ZoneDeeds, request: Request) -> dict[str, Any]:
    """Return a page of history with the address of what came earlier."""
    address = request.build_absolute_uri()
    following = told.earlier and replace_query_param(address, "cursor", told.earlier)
    return {"results": told.changes, "next": following}
