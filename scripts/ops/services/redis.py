"""Private Redis: Celery's broker, with an append-only file."""

from __future__ import annotations

import socket

from ops.services.base import Service

_SETTINGS = """\
# Written at every start.
bind 127.0.0.1
protected-mode yes
databases 16
save ""
appendonly {durable}
appendfsync everysec
aof-use-rdb-preamble yes
maxmemory-policy noeviction
loglevel notice
"""


class Redis(Service):
    """One Redis server with a password."""

    name = "redis"
    variable = "REDIS_URL"

    @property
    def url(self) -> str:
        """Return the URL of database 0."""
        return f"redis://:{self.run.secret(self.name)}@127.0.0.1:{self.port}/0"

    def configure(self) -> list[str]:
        """Write the settings."""
        settings = _SETTINGS.format(durable="no" if self.fast else "yes")
        own = f'port {self.port}\ndir "{self.folder}"\nrequirepass {self.run.secret(self.name)}\n'
        self.run.write(self.folder / "redis.conf", settings + own, for_service=True)
        return ["redis-server", str(self.folder / "redis.conf")]

    def is_ready(self) -> bool:
        """Authenticate and PING: it answers LOADING while it reads its file."""
        try:
            with socket.create_connection(("127.0.0.1", self.port), timeout=1) as connection:
                connection.sendall(f"AUTH {self.run.secret(self.name)}\r\nPING\r\n".encode())
                answer = b""
                while answer.count(b"\r\n") < 2 and (part := connection.recv(256)):
                    answer += part
        except OSError:
            return False
        return answer == b"+OK\r\n+PONG\r\n"
