"""What this app alone can find wrong with a network: customers whom no meter counts."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from gis.services import QualityCheck
from metering.services.statements import statement

POINT_WITHOUT_METER = QualityCheck(
    "point_without_meter",
    _("Connection point without meter"),
    _("No meter is in place here; the last one was %(last)s."),
    _("Record the meter that is there, or have one installed."),
    statement("point_without_meter"),
)
