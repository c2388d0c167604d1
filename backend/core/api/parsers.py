"""How bodies are read, and what is said of those that cannot be."""

from __future__ import annotations

from collections.abc import Mapping
from typing import IO, Any

from django.conf import settings
from django.utils.translation import gettext as _
from rest_framework import parsers
from rest_framework.exceptions import APIException, ParseError


class TooLarge(APIException):
    """A body beyond `DATA_UPLOAD_MAX_MEMORY_SIZE`."""

    status_code = 413

    def __init__(self) -> None:
        super().__init__(_("This is too large to be taken in."))


class JSONParser(parsers.JSONParser):
    """Reads JSON of a bounded size and depth; the refusal is in the language of the caller."""

    def parse(
        self,
        stream: IO[Any],
        media_type: str | None = None,
        parser_context: Mapping[str, Any] | None = None,
    ) -> Any:
        try:
            return super().parse(_Bounded(stream), media_type, parser_context)  # type: ignore[arg-type]
        except (ParseError, RecursionError, LookupError, AttributeError):
            raise ParseError(_("This is not JSON that can be read.")) from None


class MultiPartParser(parsers.MultiPartParser):
    """Reads forms with files; the refusal is in the language of the caller."""

    def parse(
        self,
        stream: IO[Any],
        media_type: str | None = None,
        parser_context: Mapping[str, Any] | None = None,
    ) -> Any:
        try:
            return super().parse(stream, media_type, parser_context)
        except (ParseError, UnicodeError):
            raise ParseError(_("This form cannot be read.")) from None


class _Bounded:
    """A stream that refuses to give more than a request may hold."""

    def __init__(self, stream: IO[Any]) -> None:
        self._stream = stream

    def read(self, size: int = -1) -> Any:
        most: int = settings.DATA_UPLOAD_MAX_MEMORY_SIZE
        content = self._stream.read(most + 1)
        if len(content) > most:
            raise TooLarge
        return content
