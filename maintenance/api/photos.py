"""Photos, to who may see what they belong to."""

from __future__ import annotations

import uuid
from typing import Any

from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import extend_schema
from rest_framework.request import Request
from rest_framework.views import APIView

from backend.core.api.photos import served
from maintenance import queries


class ReportPhotoView(APIView):
    """A photo of a report."""

    @extend_schema(responses={(200, "image/jpeg"): OpenApiTypes.BINARY})
    def get(self, request: Request, public_id: uuid.UUID) -> Any:
        return served(queries.report_photo(request.user, public_id).file, public_id)


class OrderPhotoView(APIView):
    """A photo of a work order."""

    @extend_schema(responses={(200, "image/jpeg"): OpenApiTypes.BINARY})
    def get(self, request: Request, public_id: uuid.UUID) -> Any:
        return served(queries.order_photo(request.user, public_id).file, public_id)
