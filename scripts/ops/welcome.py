"""The block printed when the platform is up: where it is, who can sign in, what to try."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from ops.rundir import RunDir


def block(run: RunDir, env: Mapping[str, str]) -> str:
    """Return the text for a running platform."""
    base = env["BASE_URL"]
    lines = ["", f"  Chabaka is running at  {base}/", ""]
    demo = _demo(run)
    if demo:
        lines += _accounts(demo, base) + _first_steps(demo, base)
    lines += [
        f"  Log   {run.log / 'platform.log'}",
        "  Stop  scripts/down, or Ctrl-C where it runs in a terminal",
        "",
    ]
    return "\n".join(lines)


def _demo(run: RunDir) -> dict[str, Any]:
    try:
        demo: dict[str, Any] = json.loads((run.path / "demo.json").read_text())
    except FileNotFoundError:
        return {}
    return demo


def _accounts(demo: Mapping[str, Any], base: str) -> list[str]:
    accounts = demo.get("accounts", {})
    rows = [(role, account["username"], account["password"]) for role, account in accounts.items()]
    widths = [max((len(row[column]) for row in rows), default=0) for column in (0, 1)]
    listed = [f"    {role:<{widths[0]}}   {name:<{widths[1]}}   {password}" for role, name, password in rows]
    return [f"  Demo accounts (one click each at {base}/accounts/login/)", *listed, ""]


def _first_steps(demo: Mapping[str, Any], base: str) -> list[str]:
    pipe = demo.get("pipe", "p227")
    steps = [
        f"Open {base}/console/ as the supervisor: both networks, values moving as they arrive.",
        f"Burst a pipe:  .venv/bin/python manage.py burst {pipe} --flow-m3-h 60",
        f"Report it as a citizen, from a phone if you like: {base}/report/",
        f"As the dispatcher, take the proposed incident to an order: {base}/dispatch/",
        f"As the technician, do it: {base}/field/   Messages sent: {base}/demo/sms/",
    ]
    return ["  Try first", *(f"    {number}. {step}" for number, step in enumerate(steps, 1)), ""]
