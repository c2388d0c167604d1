"""Say how devices stand, and what went wrong with them, in the language of the moment."""

from __future__ import annotations

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext_lazy

from telemetry.queries.device_facts import LastError

STATES = {
    "online": pgettext_lazy("device", "Online"),
    "late": pgettext_lazy("device", "Late"),
    "stale": pgettext_lazy("device", "Silent"),
    "never": pgettext_lazy("device", "Never heard"),
}
PROBLEMS = {
    "clock": gettext_lazy("Clock off, readings held"),
    "gaps": gettext_lazy("Missing numbers"),
    "letters": gettext_lazy("Messages not read"),
    "silent": gettext_lazy("No answer"),
    "battery": gettext_lazy("Battery low"),
}
FAULTS = {
    "array_not_stored": gettext_lazy("An array, which is not stored"),
    "bad_key": gettext_lazy("A value under an unknown name"),
    "bad_list": gettext_lazy("A list that is empty or too long"),
    "bad_quality": gettext_lazy("A quality that is not understood"),
    "bad_seq": gettext_lazy("A number that is none"),
    "bad_topic": gettext_lazy("A topic nobody reads"),
    "bad_ts": gettext_lazy("A time that cannot be read"),
    "bad_unit": gettext_lazy("A unit that does not fit the sensor"),
    "bad_value": gettext_lazy("A value that is no number"),
    "bytes_not_stored": gettext_lazy("Bytes, which are not stored"),
    "clock_behind": gettext_lazy("A clock that is behind"),
    "dataset_not_stored": gettext_lazy("A data set, which is not stored"),
    "illegal_address": gettext_lazy("The device has no such address"),
    "mapping_failed": gettext_lazy("The mapping failed on it"),
    "missing_device": gettext_lazy("No device is named"),
    "missing_ts": gettext_lazy("No time"),
    "missing_values": gettext_lazy("No values"),
    "no_items": gettext_lazy("No items"),
    "not_a_number": gettext_lazy("Not a number"),
    "not_an_object": gettext_lazy("Not an object"),
    "not_bcd": gettext_lazy("Not binary-coded decimal"),
    "not_storable": gettext_lazy("The database refuses it"),
    "other_family": gettext_lazy("The device is of another family"),
    "out_of_sequence": gettext_lazy("A number that came too late"),
    "propertyset_not_stored": gettext_lazy("A set of properties, which is not stored"),
    "sentinel": gettext_lazy("The device says that there is none"),
    "time_absurd": gettext_lazy("A time too long ago"),
    "time_in_future": gettext_lazy("A time in the future"),
    "too_large": gettext_lazy("Too large"),
    "too_many_edges": gettext_lazy("Too many edge nodes"),
    "unborn_device": gettext_lazy("A device without a birth"),
    "unborn_node": gettext_lazy("An edge node without a birth"),
    "unknown_alias": gettext_lazy("An alias no birth gave"),
    "unknown_device": gettext_lazy("An unknown device"),
    "unknown_metric": gettext_lazy("A metric no birth named"),
    "unknown_sensor": gettext_lazy("An unknown sensor"),
    "unknown_type": gettext_lazy("A type that is not known"),
    "unreadable_json": gettext_lazy("Not JSON"),
    "unreadable_sparkplug": gettext_lazy("Not Sparkplug"),
}
"""Why a message, or the time in it, could not be used."""

REASONS = {
    "device_death": gettext_lazy("The edge node lost the device"),
    "device_failure": gettext_lazy("The device reports a failure"),
    "device_busy": gettext_lazy("The device is busy"),
    "gateway_no_answer": gettext_lazy("The gateway got no answer"),
    "gateway_unavailable": gettext_lazy("The gateway is not available"),
    "host_offline": gettext_lazy("The platform had no connection to the broker"),
    "illegal_address": gettext_lazy("It has no such register"),
    "illegal_function": gettext_lazy("It does not know the question"),
    "illegal_value": gettext_lazy("It refuses the question"),
    "no_answer": gettext_lazy("No answer in time"),
    "no_birth": gettext_lazy("It did not answer the request for its birth"),
    "no_measurement": gettext_lazy("No measurement"),
    "node_death": gettext_lazy("The edge node said goodbye or its connection broke"),
    "not_a_number": gettext_lazy("Not a number"),
    "not_reborn": gettext_lazy("It did not come back with its edge node"),
    "out_of_range": gettext_lazy("Out of the sensor's range"),
    "sentinel": gettext_lazy("The sensor says that it has no value"),
    "unexpected": gettext_lazy("Something unexpected, see the log"),
    "unreachable": gettext_lazy("Cannot be reached"),
    "wrong_answer": gettext_lazy("An answer to another question"),
}
"""Why a device gave no value, or one that is of no use."""


def fault_words(reason: str) -> str:
    """Name the reason of a dead letter or a quarantine; one that has no name here is shown as it is."""
    return str(FAULTS.get(reason, reason))


def error_words(error: LastError) -> str:
    """Say what last went wrong."""
    if error.what == "letter":
        return fault_words(error.reason)
    words = str(REASONS.get(error.reason, error.reason))
    return _("%(sensor)s: %(reason)s") % {"sensor": error.detail, "reason": words} if error.detail else words
