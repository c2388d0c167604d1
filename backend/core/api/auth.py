"""Tokens for programs and phones."""

from __future__ import annotations

from typing import Any

from allauth.account.adapter import get_adapter
from allauth.mfa.adapter import get_adapter as get_mfa_adapter
from allauth.mfa.base.internal.flows import check_rate_limit
from allauth.mfa.models import Authenticator
from allauth.mfa.totp.internal.auth import TOTP
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _
from drf_spectacular.utils import extend_schema
from knox.models import get_token_model
from knox.views import LogoutView as KnoxLogoutView
from rest_framework import serializers
from rest_framework.exceptions import AuthenticationFailed, Throttled
from rest_framework.permissions import AllowAny
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from backend.core.api.authentication import TokenAuthentication
from backend.core.errors import SecondFactorMissing
from backend.core.models import User
from backend.core.queries.second_factor import lacks_second_factor
from backend.core.queries.users import roles_of, username_for


class Credentials(serializers.Serializer[Any]):
    username = serializers.CharField(max_length=254, help_text="Username, phone or email.")
    password = serializers.CharField(max_length=200, trim_whitespace=False, style={"input_type": "password"})
    code = serializers.CharField(
        max_length=10, required=False, help_text="Second factor, where one is set up."
    )


class Token(serializers.Serializer[Any]):
    token = serializers.CharField()
    expiry = serializers.DateTimeField()
    roles = serializers.ListField(child=serializers.CharField())


class LoginView(APIView):
    """Exchange a name and a password for a token, under the same lock-out as the sign-in page."""

    authentication_classes: list[Any] = []
    permission_classes = [AllowAny]

    @extend_schema(request=Credentials, responses=Token)
    def post(self, request: Request) -> Response:
        given = Credentials(data=request.data)
        given.is_valid(raise_exception=True)
        user = _authenticate(request, **given.validated_data)
        instance, token = get_token_model().objects.create(user=user)
        return Response(
            Token({"token": token, "expiry": instance.expiry, "roles": sorted(roles_of(user))}).data
        )

    def get_authenticate_header(self, request: Request) -> str:
        return "Token"


class LogoutView(KnoxLogoutView):
    """Withdraw the token of this request."""

    authentication_classes = (TokenAuthentication,)

    @extend_schema(request=None, responses={204: None})
    def post(self, request: Request, format: str | None = None) -> Response:  # noqa: A002
        response: Response = super().post(request, format)
        return response


def _authenticate(request: Request, *, username: str, password: str, code: str = "") -> User:
    http = request._request
    try:
        user = get_adapter(http).authenticate(http, username=username_for(username), password=password)
        second_factor = (
            user is None or not get_mfa_adapter().is_mfa_enabled(user) or _second_factor(user, code)
        )
    except ValidationError as error:
        raise Throttled(detail=error.messages[0], wait=300) from None
    if user is None or not user.is_active:
        raise AuthenticationFailed(_("This name and this password do not go together."))
    if not second_factor:
        raise AuthenticationFailed(_("A code of the second factor is needed."), code="mfa_required")
    if lacks_second_factor(user):
        raise SecondFactorMissing
    return user


def _second_factor(user: User, code: str) -> bool:
    """Check a code, no more often than the page allows."""
    if not code:
        return False
    forget_failures = check_rate_limit(user)
    row = Authenticator.objects.filter(user=user, type=Authenticator.Type.TOTP).first()
    valid = row is not None and TOTP(row).validate_code(code)
    if valid:
        forget_failures()
    return valid
