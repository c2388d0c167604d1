"""Photos from phones: only the picture is kept, whatever else the file carried."""

from __future__ import annotations

import hashlib
import io
import warnings
from dataclasses import dataclass
from typing import IO

from django.core.files.uploadedfile import UploadedFile
from django.utils.translation import gettext as _
from PIL import Image, ImageOps, UnidentifiedImageError

from backend.core.errors import InvalidInput

FORMATS = ("JPEG", "PNG", "WEBP")
MAX_BYTES = 12 * 1024 * 1024
MAX_PIXELS = 25_000_000
LONGEST_SIDE = 2560


@dataclass(frozen=True, slots=True)
class CleanPhoto:
    """A re-encoded JPEG: no EXIF, no GPS, no second image, nothing appended."""

    content: bytes
    width: int
    height: int
    sha256: str


def clean_photo(file: UploadedFile | IO[bytes] | CleanPhoto) -> CleanPhoto:
    """Decode a photo by its content (never by its name) and encode it again.

    Raises:
        InvalidInput: too large, too many pixels, or not a JPEG, PNG or WebP picture; the field is `photo`.
    """
    if isinstance(file, CleanPhoto):
        return file
    raw = file.read(MAX_BYTES + 1)
    if len(raw) > MAX_BYTES:
        raise _refused(_("The photo is too large: 12 MB at most."))
    with warnings.catch_warnings():
        warnings.simplefilter("error", Image.DecompressionBombWarning)
        try:
            return _encoded(raw)
        except (UnidentifiedImageError, OSError, SyntaxError, ValueError, EOFError) as error:
            raise _refused(_("This file is not a photo we can read (JPEG, PNG or WebP).")) from error
        except (Image.DecompressionBombError, Image.DecompressionBombWarning) as error:
            raise _refused(_("The photo has too many pixels: 25 million at most.")) from error


def _encoded(raw: bytes) -> CleanPhoto:
    with Image.open(io.BytesIO(raw), formats=FORMATS) as opened:
        if opened.width * opened.height > MAX_PIXELS:
            raise _refused(_("The photo has too many pixels: 25 million at most."))
        picture = ImageOps.exif_transpose(opened)
        if picture.has_transparency_data:
            flat = Image.new("RGBA", picture.size, "white")
            flat.alpha_composite(picture.convert("RGBA"))
            picture = flat
        picture = picture.convert("RGB")
    picture.thumbnail((LONGEST_SIDE, LONGEST_SIDE))
    out = io.BytesIO()
    Image.frombytes("RGB", picture.size, picture.tobytes()).save(out, "JPEG", quality=85, optimize=True)
    content = out.getvalue()
    return CleanPhoto(content, picture.width, picture.height, hashlib.sha256(content).hexdigest())


def _refused(message: str) -> InvalidInput:
    return InvalidInput(errors={"photo": [message]})
