"""The environment, read once, in small typed groups that fail loudly.

Every variable is optional in the demo; production refuses to start without its secrets and services.
"""

from __future__ import annotations

import os
import secrets
from pathlib import Path
from typing import Literal

from pydantic import Field, model_validator
from pydantic_settings import BaseSettings, SettingsConfigDict

BASE_DIR = Path(__file__).resolve().parents[2]
RUN_DIR = Path(os.environ.get("CHABAKA_RUN_DIR") or BASE_DIR / ".run")
PRIVATE_SERVICES = RUN_DIR / "services.env"
"""Written by `scripts/up` and `scripts/services`; lets `manage.py` find the running services from any
shell."""


class Platform(BaseSettings):
    """What kind of installation this is and where it keeps its state."""

    model_config = SettingsConfigDict(env_prefix="CHABAKA_", env_file=PRIVATE_SERVICES, extra="ignore")

    env: Literal["demo", "test", "production"] = "demo"
    port: int = 8000
    run_dir: Path = RUN_DIR
    sms_backend: str = "backend.core.adapters.sms_log.LogSms"
    secret_key: str = ""
    allowed_hosts: list[str] = Field(default_factory=list)
    csrf_trusted_origins: list[str] = Field(default_factory=list)
    media_dir: Path | None = None
    metrics_token: str = ""
    second_factor: bool | None = None
    """Whether staff must set up a second factor; unset: everywhere but in the demo."""
    tile_cache_mb: int = 96
    """Memory in which each web process keeps the map tiles it made."""
    read_ahead: bool = True
    """Whether a web process reads the networks once it serves, so that the first trace does not wait."""
    log_format: Literal["console", "json"] = "console"

    @model_validator(mode="after")
    def production_needs_its_secrets(self) -> Platform:
        if self.env == "production":
            if len(self.secret_key) < 50:
                raise ValueError("CHABAKA_SECRET_KEY must hold at least 50 characters in production")
            if not self.allowed_hosts:
                raise ValueError("CHABAKA_ALLOWED_HOSTS must name this installation's hosts in production")
        return self

    @property
    def is_demo(self) -> bool:
        """True where the demo's conveniences (accounts, simulated field, plain HTTP) are allowed."""
        return self.env in {"demo", "test"}

    def effective_secret_key(self) -> str:
        """Return the configured key, or in the demo one kept in the run directory."""
        if self.secret_key:
            return self.secret_key
        path = self.run_dir / "secret_key"
        try:
            return path.read_text().strip()
        except FileNotFoundError:
            self.run_dir.mkdir(parents=True, exist_ok=True)
            key = secrets.token_urlsafe(64)
            path.touch(mode=0o600)
            path.write_text(key)
            return key


class Services(BaseSettings):
    """The services used; `scripts/up` and `scripts/test` set what is unset."""

    model_config = SettingsConfigDict(env_file=PRIVATE_SERVICES, extra="ignore")

    database_url: str = "postgres://chabaka@127.0.0.1:5432/chabaka"
    redis_url: str = "redis://127.0.0.1:6379/0"
    mqtt_url: str = "mqtt://127.0.0.1:1883"
    modbus_url: str = "tcp://127.0.0.1:5020"
    modbus_reader: str = "telemetry.adapters.modbus.ModbusReader"
    basemap_style_url: str = ""


platform = Platform()
services = Services()
