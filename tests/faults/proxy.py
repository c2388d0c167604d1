"""A TCP proxy that can go deaf: what a cut cable, a stuck router or a lost acknowledgement look like."""

from __future__ import annotations

import contextlib
import select
import socket
import threading

from ops.rundir import free_port


class Proxy:
    """Carry bytes between clients and one port of loopback, until told otherwise.

    `deaf_to_clients` swallows what clients send (the other side hears nothing, nobody is disconnected);
    `frozen` carries nothing either way on the connections there are, while new ones pass.
    """

    def __init__(self, target: int) -> None:
        self.port = free_port()
        self.deaf_to_clients = False
        self._target = target
        self._pairs: dict[socket.socket, socket.socket] = {}
        self._from_clients: set[socket.socket] = set()
        self._frozen: set[socket.socket] = set()
        self._closing = False
        self._listener = socket.create_server(("127.0.0.1", self.port))
        self._thread = threading.Thread(target=self._run, daemon=True)
        self._thread.start()

    def freeze(self) -> None:
        """Carry nothing more on the connections there are; nobody is told."""
        self._frozen |= set(self._pairs)

    @property
    def connections(self) -> int:
        """How many connections pass."""
        return len([one for one in self._from_clients if one not in self._frozen])

    def close(self) -> None:
        self._closing = True
        self._thread.join(5)
        for one in [*self._pairs, self._listener]:
            one.close()

    def _run(self) -> None:
        while not self._closing:
            watched = [self._listener, *(one for one in self._pairs if one not in self._frozen)]
            for one in select.select(watched, [], [], 0.05)[0]:
                if one is self._listener:
                    self._accept()
                elif one not in self._frozen:
                    self._carry(one)

    def _accept(self) -> None:
        client, _ = self._listener.accept()
        try:
            server = socket.create_connection(("127.0.0.1", self._target), 5)
        except OSError:
            client.close()
            return
        self._pairs[client], self._pairs[server] = server, client
        self._from_clients.add(client)

    def _carry(self, one: socket.socket) -> None:
        other = self._pairs.get(one)
        if other is None:
            return
        data = b""
        with contextlib.suppress(OSError):
            data = one.recv(65_536)
        if not data:
            self._part(one, other)
        elif not (self.deaf_to_clients and one in self._from_clients):
            try:
                other.sendall(data)
            except OSError:
                self._part(one, other)

    def _part(self, *sockets: socket.socket) -> None:
        for one in sockets:
            self._pairs.pop(one, None)
            self._from_clients.discard(one)
            one.close()
