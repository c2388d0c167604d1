"""What a trace says in words, in the reader's language: what was found, and what to know about it."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from django.utils.formats import number_format
from django.utils.functional import Promise
from django.utils.translation import gettext, ngettext
from django.utils.translation import gettext_lazy as _

from gis.domain.warnings import Warned
from gis.models import Utility
from gis.queries.traces.answers import TraceCounts, TracedElement, TracedSegment, TracedValve

WARNINGS: dict[Warned, Promise] = {
    Warned.LOOPED: _("The network is looped here: topology alone cannot tell which way it flows."),
    Warned.NOT_SUPPLIED: _("No source feeds this place in the present states."),
    Warned.NO_BOUNDARY: _("Nothing that can be operated cuts this place off."),
    Warned.SKIPPED: _("Some valves or switches could not be used; the part to isolate is larger."),
    Warned.CONTAINS_SOURCE: _("The part to isolate holds a source: stop it as well."),
    Warned.TOO_LARGE: _(
        "The part found is very large; only its boundary and its critical customers are listed."
    ),
    Warned.NOTHING_COMMON: _("These places share nothing on their ways from the sources."),
    Warned.NO_WAY: _("No way that is open joins these two places."),
    Warned.STALE: _(
        "The trace passes where the drawing was changed and the connections were not checked since."
    ),
}
MOST_NAMED = 8
"""Codes told in a sentence; the list has them all."""


def explained(warned: Iterable[Warned]) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """Return the sentences of some warnings, and their codes."""
    codes = tuple(dict.fromkeys(warned))
    return tuple(str(WARNINGS[code]) for code in codes), tuple(code.value for code in codes)


def of_isolation(
    utility: str, valves: Sequence[TracedValve], counts: TraceCounts, isolated_m: float, behind: int
) -> tuple[str, ...]:
    """Tell what to operate, in which order, what it cuts off and who loses supply."""
    close = [valve for valve in valves if valve.role == "close"]
    feeding = [valve.code for valve in close if valve.feeds]
    said = [_operate(utility, close)]
    if 0 < len(feeding) < len(close):
        said.append(
            gettext("Begin with those that stay under supply: %(codes)s.") % {"codes": listed(feeding)}
        )
    said.append(gettext("This cuts off %(length)s of network.") % {"length": metres(isolated_m)})
    if behind:
        said.append(
            ngettext(
                "%(count)s node behind it loses its supply as well.",
                "%(count)s nodes behind it lose their supply as well.",
                behind,
            )
            % {"count": number(behind)}
        )
    return (*filter(None, said), customers(counts))


def of_ways(kind: str, counts: TraceCounts, sources: Sequence[str]) -> tuple[str, ...]:
    """Tell what is connected, upstream or downstream."""
    found = {"nodes": number(counts.nodes), "length": metres(counts.length_m)}
    if kind == "upstream":
        fed = gettext("Fed from %(codes)s.") % {"codes": listed(sources)} if sources else ""
        ways = gettext("The ways from there: %(length)s of network, %(nodes)s nodes.") % found
        return tuple(filter(None, (fed, ways)))
    if kind == "downstream":
        return gettext("Feeds, or may feed: %(length)s of network, %(nodes)s nodes.") % found, customers(
            counts
        )
    return gettext("Connected: %(length)s of network, %(nodes)s nodes.") % found, customers(counts)


def of_path(counts: TraceCounts) -> tuple[str, ...]:
    """Tell how long the shortest way is."""
    found = {"length": metres(counts.length_m), "links": number(counts.links)}
    return (gettext("The shortest way: %(length)s, %(links)s links.") % found,)


def of_common(places: int, nearest: TracedElement | None) -> tuple[str, ...]:
    """Tell on what all the places hang."""
    if nearest is None:
        return ()
    found = {"count": number(places), "code": nearest.code}
    return (gettext("All these places (%(count)s) hang on %(code)s: look there first.") % found,)


def of_segments(segments: Sequence[TracedSegment]) -> tuple[str, ...]:
    """Tell how small a part can be cut off, and what the parts beside it would add."""
    own = [one for one in segments if one.role == "segment"]
    beside = [one for one in segments if one.role == "beside"]
    said = [
        gettext("The smallest part that can be cut off here: %(length)s of network, customers: %(count)s.")
        % {"length": metres(one.length_m), "count": number(one.connection_points)}
        for one in own
    ]
    said += [
        gettext("If %(codes)s cannot be used, customers added: %(count)s.")
        % {"codes": listed(one.through), "count": number(one.connection_points)}
        for one in beside
    ]
    return tuple(said[: MOST_NAMED + 1])


def customers(counts: TraceCounts) -> str:
    """Tell how many customers are affected, and how many of them are critical."""
    count = counts.connection_points
    if count is None:
        return ""
    if not count:
        return gettext("No customer is affected.")
    said = ngettext("%(count)s customer is affected.", "%(count)s customers are affected.", count)
    told = said % {"count": number(count)}
    if counts.critical:
        said = ngettext("%(count)s of them is critical.", "%(count)s of them are critical.", counts.critical)
        told = f"{told} {said % {'count': number(counts.critical)}}"
    return told


def listed(codes: Sequence[str]) -> str:
    """List some codes, the first of many."""
    named = ", ".join(codes[:MOST_NAMED])
    more = len(codes) - MOST_NAMED
    return (
        gettext("%(codes)s and %(count)s more") % {"codes": named, "count": number(more)}
        if more > 0
        else named
    )


def metres(length: float) -> str:
    """Say a length in metres or kilometres."""
    if length < 1000:
        return gettext("%(length)s m") % {"length": number(round(length))}
    return gettext("%(length)s km") % {"length": number_format(round(length / 1000, 1), use_l10n=True)}


def number(value: int) -> str:
    return number_format(value, use_l10n=True, force_grouping=True)


def _operate(utility: str, valves: Sequence[TracedValve]) -> str:
    """Tell what to operate: valves are closed, switches are opened."""
    if not valves:
        return ""
    count = len(valves)
    if utility == Utility.ELECTRICITY:
        said = ngettext("Open this switch: %(codes)s.", "Open these %(count)s switches: %(codes)s.", count)
    else:
        said = ngettext("Close this valve: %(codes)s.", "Close these %(count)s valves: %(codes)s.", count)
    return said % {"count": number(count), "codes": listed([valve.code for valve in valves])}
