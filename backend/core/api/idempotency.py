"""`Idempotency-Key`: a retried write gets the first answer and changes nothing."""

from __future__ import annotations

import json
from collections.abc import Callable
from functools import wraps
from hashlib import sha256
from typing import Any

from django.core.files.uploadedfile import UploadedFile
from django.utils.translation import gettext as _
from rest_framework.exceptions import ValidationError
from rest_framework.mixins import CreateModelMixin
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.utils.encoders import JSONEncoder

from backend.core.services.idempotency import run_once

HEADER = "Idempotency-Key"
REPLAYED = "Idempotency-Replayed"
Handler = Callable[..., Response]


def idempotent(handler: Handler) -> Handler:
    """Make a write of a DRF view answer retries; without the header it behaves as before.

    Only success is kept: a request that was refused may be corrected and sent again under its key.
    """

    @wraps(handler)
    def once(view: Any, request: Request, *args: Any, **kwargs: Any) -> Response:
        key = request.headers.get(HEADER, "").strip()
        if not key:
            return handler(view, request, *args, **kwargs)
        if not 8 <= len(key) <= 80 or not key.isascii():
            raise ValidationError({HEADER: [_("A key has 8 to 80 characters; a UUID is a good one.")]})
        fresh: list[Response] = []

        def work() -> tuple[int, Any]:
            fresh.append(handler(view, request, *args, **kwargs))
            return fresh[0].status_code, json.loads(json.dumps(fresh[0].data, cls=JSONEncoder))

        (status, body), replayed = run_once(
            scope=_scope(request), key=key, fingerprint=fingerprint(request), work=work
        )
        return Response(body, status=status, headers={REPLAYED: "true"}) if replayed else fresh[0]

    return once


class IdempotentCreate(CreateModelMixin):
    """A `create` that answers retries."""

    @idempotent
    def create(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        return super().create(request, *args, **kwargs)


def fingerprint(request: Request) -> str:
    """Digest the method, the path and what was sent, files by content, whatever the order of the fields."""
    digest = sha256(f"{request.method} {request.path}\n".encode())
    data = request.data
    pairs = data.lists() if hasattr(data, "lists") else [("", [data])]
    for name, values in sorted(pairs):
        for value in values:
            digest.update(f"{name}\0".encode() + _content(value) + b"\n")
    return digest.hexdigest()


def _content(value: Any) -> bytes:
    if not isinstance(value, UploadedFile):
        return json.dumps(value, sort_keys=True, cls=JSONEncoder).encode()
    digest = sha256()
    for chunk in value.chunks():
        digest.update(chunk)
    value.seek(0)
    return digest.digest()


def _scope(request: Request) -> str:
    """Name whose keys these are.

    Those of the anonymous are told apart by the key alone: a phone that retries may have changed its
    address, and a replay needs the same content anyway.
    """
    return f"user:{request.user.pk}" if request.user.is_authenticated else "anonymous"
