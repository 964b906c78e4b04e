# SPDX-License-Identifier: Apache-2.0
"""Stands between envsnap and an engine, counts the requests, and makes something of one of them."""

from __future__ import annotations

import contextlib
import enum
import os
import socket
import threading
from pathlib import Path
from typing import Callable

METHODS = (b"GET /", b"HEAD /", b"POST /", b"PUT /", b"DELETE /")
BODY = b'{"message":"made to fail by tools/faults"}'
REFUSAL = (
    b"HTTP/1.1 500 Internal Server Error\r\nContent-Type: application/json\r\nConnection: close\r\n"
    b"Content-Length: %d\r\n\r\n" % len(BODY)) + BODY


class Answer(enum.Enum):
    """What becomes of a request."""

    PASS = "is passed on"
    REFUSE = "is answered with 500"
    CLOSE = "has its connection closed"
    CUT = "has its answer cut"


class Relay:
    """A socket at which an engine seems to listen."""

    def __init__(self, path: Path, engine: Path) -> None:
        """`path` is where it listens, `engine` the socket of the engine itself."""
        self.path, self.engine = path, engine
        self.requests = 0
        self.was_hit = threading.Event()
        self._lock = threading.Lock()
        self._at, self._answer, self._act = 0, Answer.PASS, lambda: None
        self._server = socket.socket(socket.AF_UNIX)
        path.unlink(missing_ok=True)
        self._server.bind(str(path))
        self._server.listen(64)
        threading.Thread(target=self._accept, daemon=True).start()

    def expect(self, at: int, answer: Answer = Answer.PASS, act: Callable[[], None] = lambda: None) -> None:
        """Counts from nothing; request number `at` gets the answer, after `act`. With 0 they are only counted."""
        with self._lock:
            self.requests, self._at, self._answer, self._act = 0, at, answer, act
            self.was_hit.clear()

    def close(self) -> None:
        self._server.close()
        with contextlib.suppress(OSError):
            self.path.unlink()

    def _accept(self) -> None:
        with contextlib.suppress(OSError):
            while True:
                client, _ = self._server.accept()
                threading.Thread(target=self._serve, args=(client,), daemon=True).start()

    def _count(self) -> Answer:
        """What becomes of the request that begins now."""
        with self._lock:
            self.requests += 1
            is_it = self.requests == self._at
            answer, act = self._answer, self._act
        if not is_it:
            return Answer.PASS
        act()
        self.was_hit.set()
        return answer

    def _serve(self, client: socket.socket) -> None:
        with client, socket.socket(socket.AF_UNIX) as engine, contextlib.suppress(OSError):
            engine.connect(str(self.engine))
            cut = threading.Event()
            back = threading.Thread(target=self._back, args=(engine, client, cut), daemon=True)
            back.start()
            try:
                self._forth(client, engine, cut)
            finally:
                # Neither may be closed while the other thread waits for it.
                back.join()

    def _forth(self, client: socket.socket, engine: socket.socket, cut: threading.Event) -> None:
        """Passes on what the client sends, until it ends or an answer is not wanted any more."""
        try:
            while data := client.recv(1 << 16):
                # A request's head comes in a piece of its own: envsnap sends no second one before it has an answer.
                answer = self._count() if data.startswith(METHODS) else Answer.PASS
                if answer is Answer.REFUSE:
                    client.sendall(REFUSAL)
                if answer in (Answer.REFUSE, Answer.CLOSE):
                    return _end(client, engine)
                if answer is Answer.CUT:
                    cut.set()
                engine.sendall(data)
            engine.shutdown(socket.SHUT_WR)
        except OSError:
            _end(client, engine)

    def _back(self, engine: socket.socket, client: socket.socket, cut: threading.Event) -> None:
        with contextlib.suppress(OSError):
            while data := engine.recv(1 << 16):
                if cut.is_set():
                    client.sendall(data[:len(data) // 2])
                    break
                client.sendall(data)
        _end(client, engine)


def _end(*sockets: socket.socket) -> None:
    for one in sockets:
        with contextlib.suppress(OSError):
            one.shutdown(socket.SHUT_RDWR)


class Swapped:
    """A relay in the place of an engine's own socket, until it is put back."""

    def __init__(self, path: Path) -> None:
        self.path, self.aside = path, path.with_name("faults-engine.sock")
        os.rename(path, self.aside)
        self.relay = Relay(path, self.aside)

    def put_back(self) -> None:
        self.relay.close()
        with contextlib.suppress(OSError):
            os.rename(self.aside, self.path)
