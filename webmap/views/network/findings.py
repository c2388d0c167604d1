"""What the quality page shows of findings: rows in the reader's language, the checks to choose from."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from urllib.parse import urlencode

from django.http import HttpRequest, QueryDict

from backend.core import clock
from backend.core.domain.numbers import whole_number
from backend.core.models import User
from gis.domain.findings import FindingState
from gis.queries import quality as queue
from gis.services import quality as services

PAGE = 50
MOST_RUN = timedelta(hours=1)
MOST_WAIT = timedelta(minutes=10)
"""How long a check may run, and wait for the worker, until it is taken for lost."""
STATES = [state.value for state in FindingState]


@dataclass(frozen=True, slots=True)
class Asked:
    """Which findings are shown, as the address says; unknown values are left out."""

    state: str = "open"
    check: str = ""
    network: str = ""
    finding: int | None = None
    after: int | None = None

    @classmethod
    def of(cls, query: QueryDict) -> Asked:
        """Read the query of an address."""
        state, check = query.get("state", "open"), query.get("check", "")
        return cls(
            state=state if state in STATES else "open",
            check=check if services.quality_check(check) else "",
            network=query.get("network", "")[:40],
            finding=whole_number(query.get("finding", "")),
            after=whole_number(query.get("after", "")),
        )

    def query(self, **changes: Any) -> str:
        """Write the query of an address that shows the same but for some changes, from its first page."""
        values = {"state": self.state, "check": self.check, "network": self.network, **changes}
        return "?" + urlencode({name: value for name, value in values.items() if value})

    def rows(self, user: Any, *, of_check: bool = True) -> Any:
        """Return the findings asked for."""
        if self.finding is not None:
            return queue.findings(user, ids=[self.finding])
        check = self.check if of_check else ""
        return queue.findings(user, state=self.state, check=check, network=self.network)


@dataclass(frozen=True, slots=True)
class LastChecks:
    """When what is shown was last checked and by whom; since when a check runs or is about to."""

    last: Any = None
    running_since: datetime | None = None
    tolerance_m: float | None = None

    @classmethod
    def of(cls, network: str, asked: Sequence[str | None] | None) -> LastChecks:
        """Look at the runs that concern a network (`-` for the zones, empty for all).

        `asked` is when this person last asked for a check (ISO 8601), and of which network (None for all).
        """
        every = queue.quality_runs()
        runs = [run for run in every if network in ("", _code(run) or "-")]
        now = clock.now()
        begun = [run.started_at for run in runs if not run.finished_at and now - run.started_at < MOST_RUN]
        if asked and asked[0]:
            since = datetime.fromisoformat(asked[0])
            # Asked of all, the zones come last.
            over = any(
                run.started_at >= since and run.finished_at and _code(run) == asked[1] for run in every
            )
            begun += [since] if now - since < MOST_WAIT and not over else []
        done = [run for run in runs if run.finished_at]
        return cls(
            last=done[0] if done else None,
            running_since=min(begun, default=None),
            tolerance_m=runs[0].tolerance_m if runs else None,
        )


def _code(run: Any) -> str | None:
    return run.network.code if run.network else None


@dataclass(frozen=True, slots=True)
class Row:
    """One finding, in words."""

    id: int
    version: int
    state: str
    state_label: str
    check: str
    kind: str
    code: str
    network: str
    reason: str
    advice: str
    lon: float
    lat: float
    found_at: datetime
    repairs: list[tuple[str, str]]
    zone: str
    question: str
    choices: list[str]
    undoable: bool
    decided_by: str
    decided_at: datetime | None
    why: str

    @property
    def is_open(self) -> bool:
        return self.state == FindingState.OPEN

    @property
    def can_reopen(self) -> bool:
        return self.undoable or self.state == FindingState.IGNORED


@dataclass(frozen=True, slots=True)
class Choice:
    """A check to choose, with how many findings there are."""

    code: str
    name: str
    count: int


def finding_rows(asked: Asked, user: User) -> tuple[list[Row], int | None]:
    """Return a page of rows, and where the next one begins."""
    rows = asked.rows(user).prefetch_related("transitions__actor")
    if asked.after is not None:
        rows = rows.filter(pk__gt=asked.after)
    found = list(rows[: PAGE + 1])
    return [_row(one) for one in found[:PAGE]], found[PAGE - 1].pk if len(found) > PAGE else None


def check_choices(counts: Mapping[str, int], chosen: str) -> list[Choice]:
    """Return the checks that found something, and the one chosen, in the order in which they are told."""
    return [
        Choice(check.code, str(check.name), counts.get(check.code, 0))
        for check in services.quality_checks()
        if counts.get(check.code) or check.code == chosen
    ]


def bulk_repairs(rows: Sequence[Row]) -> list[tuple[str, str]]:
    """Return the repairs that several of the rows offer and that ask nothing, with their names."""
    return list(dict.fromkeys(offered for row in rows if not row.question for offered in row.repairs))


def state_links(asked: Asked) -> list[tuple[str, str, str]]:
    """Return each state with its name and the address that shows it."""
    return [(state, str(label), asked.query(state=state)) for state, label in services.STATE_NAMES]


def back_to(request: HttpRequest) -> Asked:
    """Return what the page showed from which a form was sent."""
    return Asked.of(QueryDict(request.POST.get("shown", "").removeprefix("?")))


def _row(finding: Any) -> Row:
    check = services.quality_check(finding.check_code)
    offered = [services.REPAIRS[code] for code in services.repairs_of(finding)]
    question = next((str(one.question) for one in offered if one.question), "")
    last = next(iter(finding.transitions.all()), None)
    return Row(
        id=finding.pk,
        version=finding.version,
        state=finding.state,
        state_label=finding.get_state_display(),
        check=str(check.name) if check else finding.check_code,
        kind=services.kind_name(finding.subject_kind),
        code=finding.subject_code,
        network=finding.network.name if finding.network else "",
        reason=services.sentence(finding),
        advice=services.advice(finding),
        lon=finding.geom.x,
        lat=finding.geom.y,
        found_at=finding.found_at,
        repairs=[(one.code, str(one.label)) for one in offered],
        zone=finding.details.get("other", "") if finding.details.get("other_table") == "zone" else "",
        question=question,
        choices=services.choices_of(finding),
        undoable=services.is_undoable(finding),
        decided_by=(last.actor.full_name or last.actor.username) if last and last.actor else "",
        decided_at=last.occurred_at if last else None,
        why=last.reason if last else "",
    )
