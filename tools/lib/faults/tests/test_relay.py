# SPDX-License-Identifier: Apache-2.0
"""The relay counts requests, and makes of one of them what it should."""

import http.client
import socket
import tempfile
import threading
import unittest
from pathlib import Path

from fidelity.engine_api import EngineAPI, EngineError

from ..relay import Answer, Relay, Swapped

BODY = b"x" * 1000


class Server(threading.Thread):
    """Answers each request on each connection."""

    def __init__(self, path: Path) -> None:
        super().__init__(daemon=True)
        self.socket = socket.socket(socket.AF_UNIX)
        self.socket.bind(str(path))
        self.socket.listen(8)
        self.seen = 0

    def run(self) -> None:
        while True:
            client, _ = self.socket.accept()
            with client:
                if client.recv(1 << 16):
                    self.seen += 1
                    client.sendall(b"HTTP/1.1 200 OK\r\nContent-Length: %d\r\n\r\n" % len(BODY) + BODY)


class RelayTests(unittest.TestCase):
    def setUp(self) -> None:
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.folder = Path(folder.name)
        self.server = Server(self.folder / "engine.sock")
        self.server.start()
        self.relay = Relay(self.folder / "relay.sock", self.folder / "engine.sock")
        self.addCleanup(self.relay.close)
        self.api = EngineAPI(str(self.relay.path))

    def ask(self) -> bytes:
        return self.api.request("GET", "/x")

    def test_requests_are_passed_on_and_counted(self) -> None:
        self.relay.expect(0)
        self.assertEqual([self.ask(), self.ask()], [BODY, BODY])
        self.assertEqual((self.relay.requests, self.server.seen), (2, 2))

    def test_the_request_that_was_named_is_refused_and_no_other(self) -> None:
        acts = []
        self.relay.expect(2, Answer.REFUSE, lambda: acts.append("act"))
        self.assertEqual(self.ask(), BODY)
        with self.assertRaisesRegex(EngineError, "500"):
            self.ask()
        self.assertEqual(self.ask(), BODY)
        self.assertEqual((acts, self.server.seen), (["act"], 2))

    def test_a_connection_is_closed_before_the_engine_hears_of_it(self) -> None:
        self.relay.expect(1, Answer.CLOSE)
        with self.assertRaises(OSError):
            self.ask()
        self.assertEqual(self.server.seen, 0)

    def test_half_an_answer_comes(self) -> None:
        self.relay.expect(1, Answer.CUT)
        with self.assertRaises(http.client.HTTPException):
            self.ask()
        self.assertEqual(self.server.seen, 1)

    def test_a_socket_is_taken_and_put_back(self) -> None:
        swapped = Swapped(self.folder / "engine.sock")
        swapped.relay.expect(1, Answer.REFUSE)
        direct = EngineAPI(str(self.folder / "engine.sock"))
        with self.assertRaisesRegex(EngineError, "500"):
            direct.request("GET", "/x")
        swapped.put_back()
        self.assertEqual(direct.request("GET", "/x"), BODY)


if __name__ == "__main__":
    unittest.main()
