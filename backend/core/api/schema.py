"""How our views are described in the OpenAPI document."""

from __future__ import annotations

from typing import Any

from drf_spectacular.contrib.knox_auth_token import KnoxTokenScheme
from drf_spectacular.extensions import OpenApiAuthenticationExtension
from drf_spectacular.openapi import AutoSchema
from rest_framework.generics import GenericAPIView


class TokenScheme(KnoxTokenScheme):
    """Describes our token as knox's."""

    target_class = "backend.core.api.authentication.TokenAuthentication"


class AccessKeyScheme(OpenApiAuthenticationExtension):
    """Describes access keys as HTTP Basic."""

    target_class = "backend.core.api.authentication.AccessKeyAuthentication"
    name = "accessKey"

    def get_security_definition(self, auto_schema: AutoSchema) -> dict[str, str]:
        return {"type": "http", "scheme": "basic", "description": "A user name, and an access key of theirs."}


class PlatformSchema(AutoSchema):
    """Knows a list by its address: read by GET, paged, and not ending in an identifier."""

    def _is_list_view(self, serializer: Any = None) -> bool:
        paged = isinstance(self.view, GenericAPIView) and self.view.paginator is not None
        if paged and self.method == "GET" and not self.path.rstrip("/").endswith("}"):
            return True
        listed: bool = super()._is_list_view(serializer)
        return listed
