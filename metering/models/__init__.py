"""Meters and whom they serve, registers, consumption per day and zone, and what was unusual."""

from __future__ import annotations

from metering.models.agreements import Contact, ServiceAgreement
from metering.models.consumption import (
    ConsumptionFlag,
    DailyConsumption,
    EstimationMethod,
    StaleSpan,
    StaleZoneDay,
    ZoneConsumption,
)
from metering.models.meters import Meter, Utility
from metering.models.readings import (
    ReadingImport,
    RegisterConflict,
    RegisterReading,
    RegisterWatermark,
    Source,
)

__all__ = [
    "ConsumptionFlag",
    "Contact",
    "DailyConsumption",
    "EstimationMethod",
    "Meter",
    "ReadingImport",
    "RegisterConflict",
    "RegisterReading",
    "RegisterWatermark",
    "ServiceAgreement",
    "Source",
    "StaleSpan",
    "StaleZoneDay",
    "Utility",
    "ZoneConsumption",
]
