"""Files of large networks: asked for, waited for, taken away within a day."""

from __future__ import annotations

from typing import Any, cast
from uuid import UUID

from django.http import FileResponse
from django.urls import reverse
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from backend.core.models import User
from backend.core.permissions import HasRole
from gis.api.exports import MEDIA_TYPES, READERS, Download
from gis.domain.exports import LAYERS
from gis.errors import NoSuchExport
from gis.models import ExportJob, ExportJobState
from gis.queries.export_jobs import expires_at, export_job, network_of
from gis.services.export_jobs import ask_export, export_progress, file_of
from gis.services.exporting import FORMATS


class ExportInput(serializers.Serializer[Any]):
    format = serializers.ChoiceField(choices=list(FORMATS), default="geopackage")
    crs = serializers.CharField(required=False, allow_null=True, max_length=40)
    layers = serializers.ListField(child=serializers.ChoiceField(choices=list(LAYERS)), required=False)


class ExportProgress(serializers.Serializer[Any]):
    step = serializers.CharField()
    done = serializers.IntegerField()
    total = serializers.IntegerField()


class ExportOutput(serializers.Serializer[Any]):
    id = serializers.UUIDField()
    state = serializers.ChoiceField(choices=ExportJobState.choices)
    progress = ExportProgress(allow_null=True)
    counts = serializers.DictField(child=serializers.IntegerField())
    code = serializers.CharField(help_text="Why it was refused.", allow_blank=True)
    file = serializers.CharField(allow_null=True, help_text="Where it can be taken away.")
    expires_at = serializers.DateTimeField(allow_null=True)


class NetworkExportsView(APIView):
    """Ask for a file of a network of any size."""

    permission_classes = [HasRole(*READERS)]

    @extend_schema(summary="Ask for a network as a file", request=ExportInput, responses={202: ExportOutput})
    def post(self, request: Request, code: str) -> Response:
        asked = ExportInput(data=request.data)
        asked.is_valid(raise_exception=True)
        job = ask_export(
            network=network_of(code),
            actor=cast(User, request.user),
            file_format=asked.validated_data["format"],
            crs=asked.validated_data.get("crs"),
            layers=asked.validated_data.get("layers", []),
        )
        return Response(
            _said(job), status=202, headers={"Location": reverse("gis-export", args=[job.public_id])}
        )


class ExportView(APIView):
    """Where a file stands that one asked for."""

    permission_classes = [HasRole(*READERS)]

    @extend_schema(summary="A file asked for", responses=ExportOutput)
    def get(self, request: Request, public_id: UUID) -> Response:
        return Response(_said(export_job(public_id, seen_by=cast(User, request.user))))


class ExportFileView(APIView):
    """The file itself, for who asked for it, until it expires."""

    permission_classes = [HasRole(*READERS)]

    @extend_schema(
        summary="Take away a file asked for",
        responses={(200, kind.partition(";")[0]): OpenApiTypes.BINARY for kind in MEDIA_TYPES.values()},
    )
    def get(self, request: Request, public_id: UUID) -> FileResponse:
        job = export_job(public_id, seen_by=cast(User, request.user))
        path = file_of(job)
        if job.state != ExportJobState.DONE or not path.is_file():
            raise NoSuchExport
        return Download(
            path.open("rb"),
            as_attachment=True,
            filename=path.name,
            content_type=MEDIA_TYPES[job.file_format],
        )


def _said(job: ExportJob) -> dict[str, Any]:
    done, waiting = job.state == ExportJobState.DONE, job.state == ExportJobState.WAITING
    said = {
        "id": job.public_id,
        "state": job.state,
        "progress": export_progress(job) if waiting else None,
        "counts": job.report.get("counts", {}),
        "code": job.report.get("code", ""),
        "file": reverse("gis-export-file", args=[job.public_id]) if done else None,
        "expires_at": None if waiting else expires_at(job),
    }
    return dict(ExportOutput(said).data)
