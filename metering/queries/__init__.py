"""What other apps read of metering."""

from __future__ import annotations

from metering.queries.contacts import ContactAt, contacts_of
from metering.queries.flags import flags
from metering.queries.series import Period, ZoneSeries, zone_consumption
from metering.queries.summaries import ZoneSummary, zone_summaries, zone_summary

__all__ = [
    "ContactAt",
    "Period",
    "ZoneSeries",
    "ZoneSummary",
    "contacts_of",
    "flags",
    "zone_consumption",
    "zone_summaries",
    "zone_summary",
]
