"""Try registers out before they stand in a register map."""

from __future__ import annotations

from typing import Any

from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.generics import GenericAPIView
from rest_framework.request import Request
from rest_framework.response import Response

from backend.core.models.users import Role
from backend.core.permissions import HasRole
from telemetry.domain.blocks import MAX_BITS
from telemetry.domain.registers import TABLES
from telemetry.services.registers import Tried, guess_words, try_registers


class RegisterPreviewIn(serializers.Serializer[Any]):
    """Words to read, or where they are read now: a Modbus device, a table, an address and a number."""

    words = serializers.ListField(
        child=serializers.IntegerField(min_value=0, max_value=0xFFFF), max_length=125, required=False
    )
    device = serializers.CharField(max_length=64, required=False)
    table = serializers.ChoiceField(choices=TABLES, default="holding")
    address = serializers.IntegerField(min_value=0, max_value=0xFFFF, required=False)
    count = serializers.IntegerField(min_value=1, max_value=MAX_BITS, default=4)

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        """Ask for words, or for a device and an address."""
        if "words" not in attrs and not {"device", "address"} <= attrs.keys():
            raise serializers.ValidationError("Give words, or device and address.")
        return attrs


class GuessOut(serializers.Serializer[Any]):
    """One way to read the words; `value` is empty where they hold no such number."""

    type = serializers.CharField()
    order = serializers.CharField(help_text="ABCD, CDAB, BADC or DCBA; A is the most significant byte.")
    word_order = serializers.ChoiceField(choices=["big", "little"])
    byte_order = serializers.ChoiceField(choices=["big", "little"])
    value = serializers.FloatField(allow_null=True)
    is_likely = serializers.BooleanField()


class RegisterPreviewOut(serializers.Serializer[Any]):
    """The words and what they could mean; bits have no guesses."""

    words = serializers.ListField(child=serializers.IntegerField())
    guesses = GuessOut(many=True)


class RegisterPreviews(GenericAPIView):
    permission_classes = [HasRole(Role.SUPERVISOR, Role.ADMINISTRATOR)]
    serializer_class = RegisterPreviewIn

    @extend_schema(
        request=RegisterPreviewIn,
        responses={200: RegisterPreviewOut},
        operation_id="register_previews_create",
    )
    def post(self, request: Request) -> Response:
        """Show what words mean in every type and all four orders; nothing is stored or written."""
        given = RegisterPreviewIn(data=request.data)
        given.is_valid(raise_exception=True)
        return Response(RegisterPreviewOut(_tried(request, given.validated_data)).data)


def _tried(request: Request, given: dict[str, Any]) -> Tried:
    if "words" in given:
        return guess_words(words=given["words"])
    return try_registers(
        user=request.user,
        device=given["device"],
        table=given["table"],
        address=given["address"],
        count=given["count"],
    )
