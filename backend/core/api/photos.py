"""How pictures that people sent are given back."""

from __future__ import annotations

import uuid

from django.db.models.fields.files import FieldFile
from django.http import FileResponse


def served(file: FieldFile, public_id: uuid.UUID) -> FileResponse:
    """Serve a picture as an attachment that no browser takes for anything else."""
    response = FileResponse(
        file.open("rb"), as_attachment=True, filename=f"{public_id}.jpg", content_type="image/jpeg"
    )
    response["X-Content-Type-Options"] = "nosniff"
    response["Cache-Control"] = "private, max-age=3600"
    return response
