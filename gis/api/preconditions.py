"""Versions over HTTP: an `ETag` with what is read, an `If-Match` with what is edited (RFC 9110, 6585)."""

from __future__ import annotations

import re

from rest_framework.request import Request
from rest_framework.response import Response

from gis.errors import VersionNotTold

_TAG = re.compile(r'"(\d{1,9})"')


def with_version(response: Response, version: int) -> Response:
    """Give an answer about one thing the version it is of."""
    response["ETag"] = f'"{version}"'
    return response


def asked_version(request: Request) -> int:
    """Return the version that the caller edits.

    Raises:
        VersionNotTold: there is no `If-Match`, or it names no single version: nobody overwrites unseen.
    """
    match = _TAG.fullmatch(request.headers.get("If-Match", "").strip())
    if match is None:
        raise VersionNotTold
    return int(match[1])
