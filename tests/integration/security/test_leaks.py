"""A stranger follows every link there is and reads nothing of anybody."""

from __future__ import annotations

import gzip
import re
from collections import Counter, deque
from urllib.parse import urljoin, urlsplit

import pytest

from tests.integration.security.world import SECRETS, World, shut

pytestmark = pytest.mark.django_db

LINK = re.compile(r"""(?:href|src|action|data-[a-z-]+)="([^"#]+)|"(?:next|track_url|url)": ?"([^"]+)""")
NOT_FOLLOWED = ("/static/", "/accounts/", "/demo/sms/", "/live/", "/metrics", "/api/schema/", "/report/")
"""The demo's telephone shows what was sent, and is nowhere else; a report leads to drafts for ever."""
MOST_VIEWS = 4
"""Of one page, by its query."""
WEST = ("PL-a", "W-1", "W-2", "M-1")
"""Codes of what stands in the west."""


def test_a_stranger_who_follows_every_link_reads_nothing_of_anybody(world: World) -> None:
    start = [url for url in world.addresses().values() if url not in {"/live/", "/demo/sms/"}]
    found, waiting, told = set(start), deque([*start, "/api/v1/search/?q=W-1"]), []
    views = Counter[str]()
    while waiting:
        url = waiting.popleft()
        text = read(world, "anonymous", url)
        told += [(url, secret) for secret in SECRETS if secret in text]
        for onward in sorted(links(url, text) - found):
            views[urlsplit(onward).path] += 1
            if views[urlsplit(onward).path] <= MOST_VIEWS:
                found.add(onward)
                waiting.append(onward)
    assert told == []
    assert {"/", "/zones/", "/zones/dma-west/", f"/track/{world.report.reference}/"} <= found


def test_tiles_of_every_zoom_hold_nothing_of_anybody(world: World) -> None:
    for z in range(0, 19, 3):
        x, y = int((180 - 2.317) / 360 * 2**z), int(0.3962 * 2**z)
        for layer, allowed in (("zones", 200), ("nodes", 401), ("links", 401), ("connection-points", 401)):
            answer = world.client("anonymous").get(f"/tiles/{layer}/{z}/{x}/{y}.mvt")
            assert answer.status_code == allowed
            text = answer.content.decode("latin-1")
            assert not [word for word in (*SECRETS, *WEST) if word in text]


def test_lists_hold_nothing_of_another_jurisdiction(world: World) -> None:
    elsewhere, told = "dispatcher elsewhere", []
    mine = (world.report.reference, world.incident.code, world.order.code, *WEST, *SECRETS[:10])
    for name, url in world.addresses().items():
        if name.startswith(("account_", "mfa_")) or name in {"live", "demo_sms", "docs", "schema", "metrics"}:
            continue
        if world.report.reference in url or name == "report_step":
            continue  # who holds the reference may follow it; the desk's page is refused by the matrix
        # Whoever asks for an address knows it: its page names it in the choice of languages.
        text = read(world, elsewhere, url).replace(url, "")
        told += [(url, word) for word in mine if word in text]
    for query in ("W-1", "PL-a", world.report.reference, world.order.code, "impasse"):
        assert '"code"' not in read(world, elsewhere, f"/api/v1/search/?q={query}"), query
    for layer in ("nodes", "connection-points"):
        tile = read(world, elsewhere, f"/tiles/{layer}/14/8086/6488.mvt")
        told += [(layer, word) for word in WEST if word in tile]
    assert told == []


def read(world: World, who: str, url: str) -> str:
    """Return what an address tells, whatever its status."""
    answer = world.client(who).get(url)
    body = b"".join(answer.streaming_content) if answer.streaming else answer.content
    shut(answer)
    assert answer.status_code < 500, url
    if answer.headers.get("Content-Encoding") == "gzip":
        body = gzip.decompress(body)
    return body.decode("utf-8", "replace")


def links(url: str, text: str) -> set[str]:
    """Return the addresses of ours that a page names."""
    named = {urljoin(url, (one[0] or one[1]).replace("&amp;", "&")) for one in LINK.findall(text)}
    parts = {urlsplit(one) for one in named}
    ours = {p._replace(scheme="", netloc="").geturl() for p in parts if p.netloc in {"", "testserver"}}
    return {
        one for one in ours if one.startswith("/") and not one.startswith(NOT_FOLLOWED) and "{" not in one
    }
