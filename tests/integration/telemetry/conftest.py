"""A broker and devices for each test that asks for them."""

from __future__ import annotations

import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.integration.telemetry.support import Broker, Field, Worker


@pytest.fixture
def broker(tmp_path: Path) -> Iterator[Broker]:
    """Run a Mosquitto."""
    broker = Broker(tmp_path)
    broker.start()
    yield broker
    broker.kill()


@pytest.fixture
def field(broker: Broker) -> Iterator[Field]:
    """Connect devices to it."""
    field = Field(broker)
    yield field
    field.close()


@pytest.fixture
def ingester(broker: Broker) -> Iterator[Worker]:
    """Give an ingester of that broker, not started; ended after the test whatever happens."""
    worker = Worker("ingest_mqtt", MQTT_URL=broker.url)
    yield worker
    worker.remove()


@pytest.fixture
def certificates(tmp_path: Path) -> Path:
    """Make an authority, a server's certificate for 127.0.0.1 and a client's."""
    curve = ["-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes", "-batch"]

    def openssl(*words: str) -> None:
        subprocess.run(["openssl", *words], cwd=tmp_path, check=True, capture_output=True)

    for name in ("ca", "stranger"):
        openssl(
            "req", "-x509", *curve, "-keyout", f"{name}.key", "-out", f"{name}.pem", "-subj", f"/CN={name}"
        )
    for name in ("server", "ingester"):
        (tmp_path / "ext").write_text("subjectAltName=IP:127.0.0.1")
        openssl("req", *curve, "-keyout", f"{name}.key", "-out", f"{name}.csr", "-subj", f"/CN={name}")
        signed = ["-CA", "ca.pem", "-CAkey", "ca.key", "-CAcreateserial", "-extfile", "ext"]
        openssl("x509", "-req", "-in", f"{name}.csr", *signed, "-out", f"{name}.pem")
    return tmp_path


@pytest.fixture
def encrypted(certificates: Path) -> Iterator[Broker]:
    """Run a Mosquitto that asks for a client certificate of the same authority."""
    files = [f"{option} {certificates / file}" for option, file in (
        ("cafile", "ca.pem"), ("certfile", "server.pem"), ("keyfile", "server.key")
    )]  # fmt: skip
    broker = Broker(certificates, "\n".join([*files, "require_certificate true", "allow_anonymous true"]))
    broker.start()
    yield broker
    broker.kill()
