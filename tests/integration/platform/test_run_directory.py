"""Where the run directory stands."""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

from ops.account import can_enter, service_account
from ops.rundir import RunDir
from tests.factories.platform import open_folder


@pytest.fixture
def closed_checkout(tmp_path: Path) -> Iterator[Path]:
    """A folder such as /root, that the services' account may not enter."""
    checkout = open_folder(tmp_path) / "closed"
    checkout.mkdir(mode=0o700)
    yield checkout
    elsewhere = (checkout / ".run").resolve()
    if elsewhere.is_relative_to("/var/lib/chabaka"):
        shutil.rmtree(elsewhere)


def test_it_stands_where_it_is_asked_for_when_services_can_enter(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    wanted = open_folder(tmp_path) / "run"
    monkeypatch.setenv("CHABAKA_RUN_DIR", str(wanted))
    assert RunDir.locate().path == wanted
    assert not wanted.is_symlink()


@pytest.mark.parametrize("made_already", [False, True])
def test_as_root_in_a_closed_checkout_it_stands_elsewhere_and_the_usual_place_leads_there(
    closed_checkout: Path, monkeypatch: pytest.MonkeyPatch, made_already: bool
) -> None:
    wanted = closed_checkout / ".run"
    if made_already:
        wanted.mkdir()
        (wanted / "ports.json").write_text('{"redis": 23456}')
    monkeypatch.setenv("CHABAKA_RUN_DIR", str(wanted))
    run = RunDir.locate()
    assert can_enter(run.path, service_account())
    assert wanted.resolve() == run.path
    assert RunDir.locate().path == run.path
    assert (run.path / "ports.json").exists() == made_already
    if os.geteuid() == 0:
        assert run.path.is_relative_to("/var/lib/chabaka")


def test_forgetting_the_state_keeps_ports_and_passwords(tmp_path: Path) -> None:
    run = RunDir(open_folder(tmp_path), service_account())
    port, secret = run.port("redis"), run.secret("redis")
    run.folder_for_service("postgres")
    (run.path / "demo.json").write_text("{}")
    run.forget_state()
    assert (run.port("redis"), run.secret("redis")) == (port, secret)
    assert not (run.path / "postgres").exists()
    assert not (run.path / "demo.json").exists()
