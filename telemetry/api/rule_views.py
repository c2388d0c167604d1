"""Rules and templates: read by staff, written by supervisors and administrators, never unseen."""

from __future__ import annotations

from typing import Any, cast

from django.db.models import QuerySet
from django.shortcuts import get_object_or_404
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework import serializers, status
from rest_framework.generics import GenericAPIView
from rest_framework.permissions import SAFE_METHODS
from rest_framework.request import Request
from rest_framework.response import Response

from backend.core.api.pagination import CursorList
from backend.core.models import User
from backend.core.permissions import HasRole
from telemetry.api import alarm_serializers as shapes
from telemetry.api.serializers import AlarmOut
from telemetry.api.views import Staff
from telemetry.models import AlarmRule, AlarmTemplate
from telemetry.queries.alarm_rules import rules_for, templates
from telemetry.queries.alarms import alarm_row, alarms_for
from telemetry.services.alarms import (
    change_rule,
    create_rule,
    remove_rule,
    save_template,
    set_rule_aside,
)

Editor = HasRole("supervisor", "administrator")
Operator = HasRole("dispatcher", "supervisor")


def read(shape: type[serializers.Serializer], request: Request) -> Any:
    """Return what was sent, checked; partial where it changes something."""
    asked = shape(data=request.data, context={"user": request.user})
    asked.is_valid(raise_exception=True)
    return asked


class _Written(GenericAPIView):
    """Everyone on the staff reads; editors write."""

    pagination_class = CursorList

    def get_permissions(self) -> list[Any]:
        return [Staff()] if self.request.method in SAFE_METHODS else [Staff(), Editor()]


class _Rules(_Written):
    serializer_class: Any = shapes.RuleOut

    def get_queryset(self) -> QuerySet[AlarmRule]:
        return rules_for(self.request.user)


class RuleList(_Rules):
    filter_names = ("sensor", "kind", "active", "template")

    @extend_schema(
        operation_id="alarm_rules_list",
        parameters=[OpenApiParameter(name, str) for name in ("sensor", "kind", "template")],
    )
    def get(self, request: Request) -> Response:
        """List the rules on the sensors you may see."""
        rules = self.get_queryset()
        for name, column in (("sensor", "sensor__code"), ("kind", "kind"), ("template", "template__code")):
            if value := request.query_params.get(name):
                rules = rules.filter(**{column: value})
        return self.get_paginated_response(shapes.RuleOut(self.paginate_queryset(rules), many=True).data)

    @extend_schema(operation_id="alarm_rules_create", request=shapes.RuleIn, responses={201: shapes.RuleOut})
    def post(self, request: Request) -> Response:
        """Watch something on a sensor."""
        rule = create_rule(rule=read(shapes.RuleIn, request).rule(), actor=cast(User, request.user))
        return Response(shapes.RuleOut(rule).data, status=status.HTTP_201_CREATED)


class RuleDetail(_Rules):
    @extend_schema(operation_id="alarm_rules_retrieve")
    def get(self, request: Request, pk: int) -> Response:
        """Return one rule."""
        return Response(shapes.RuleOut(get_object_or_404(self.get_queryset(), pk=pk)).data)

    @extend_schema(operation_id="alarm_rules_change", request=shapes.RuleChange)
    def patch(self, request: Request, pk: int) -> Response:
        """Change a rule, of the version you saw; its template leaves it alone from then on."""
        rule = get_object_or_404(self.get_queryset(), pk=pk)
        values = read(shapes.RuleChange, request).validated_data
        version = values.pop("version")
        actor = cast(User, request.user)
        return Response(
            shapes.RuleOut(change_rule(rule=rule, actor=actor, version=version, values=values)).data
        )

    @extend_schema(operation_id="alarm_rules_remove", request=shapes.VersionIn, responses={204: None})
    def delete(self, request: Request, pk: int) -> Response:
        """Remove a rule, of the version you saw; one with alarms in the journal is switched off."""
        rule = get_object_or_404(self.get_queryset(), pk=pk)
        version = read(shapes.VersionIn, request).validated_data["version"]
        remove_rule(rule=rule, actor=cast(User, request.user), version=version)
        return Response(status=status.HTTP_204_NO_CONTENT)


class RuleAside(GenericAPIView):
    permission_classes = [Operator]
    serializer_class = AlarmOut

    @extend_schema(operation_id="alarm_rules_set_aside", request=shapes.AsideIn, responses=AlarmOut)
    def post(self, request: Request, pk: int) -> Response:
        """Set the alarm of a rule aside, also where nothing is wrong yet."""
        rule = get_object_or_404(rules_for(request.user), pk=pk)
        asked = read(shapes.AsideIn, request).validated_data
        alarm = set_rule_aside(rule=rule, actor=cast(User, request.user), **asked)
        changed = alarms_for(request.user).get(pk=alarm.pk)
        return Response({"id": changed.pk, **AlarmOut(alarm_row(changed, request.user)).data})


class _Templates(_Written):
    serializer_class: Any = shapes.TemplateOut

    def get_queryset(self) -> QuerySet[AlarmTemplate]:
        return templates()


class TemplateList(_Templates):
    @extend_schema(operation_id="alarm_templates_list")
    def get(self, request: Request) -> Response:
        """List the templates."""
        page = self.paginate_queryset(self.get_queryset())
        return self.get_paginated_response(shapes.TemplateOut(page, many=True).data)

    @extend_schema(
        operation_id="alarm_templates_create", request=shapes.TemplateIn, responses={201: shapes.TemplateOut}
    )
    def post(self, request: Request) -> Response:
        """Lay a rule over the sensors of a family or a zone, now and as they come."""
        template = read(shapes.TemplateIn, request).template()
        save_template(template=template, actor=cast(User, request.user))
        return Response(shapes.TemplateOut(template).data, status=status.HTTP_201_CREATED)


class TemplateDetail(_Templates):
    @extend_schema(operation_id="alarm_templates_retrieve")
    def get(self, request: Request, pk: int) -> Response:
        """Return one template."""
        return Response(shapes.TemplateOut(get_object_or_404(self.get_queryset(), pk=pk)).data)

    @extend_schema(operation_id="alarm_templates_change", request=shapes.TemplateChange)
    def patch(self, request: Request, pk: int) -> Response:
        """Change a template, of the version you saw; its rules follow, but those edited by hand."""
        template = get_object_or_404(self.get_queryset(), pk=pk)
        values = read(shapes.TemplateChange, request).validated_data
        version = values.pop("version")
        save_template(template=template, actor=cast(User, request.user), version=version, values=values)
        return Response(shapes.TemplateOut(self.get_queryset().get(pk=pk)).data)
