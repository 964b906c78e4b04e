# SPDX-License-Identifier: Apache-2.0
"""The application of the reproduction: serves the project's data and says whether its peers answer.

    GET /health   JSON: the files it serves, and which of postgres and redis accept connections;
                  status 200 when both do, else 503
    GET /         the data folder, as `python3 -m http.server` would serve it
"""

import argparse
import functools
import http.server
import json
import os
import signal
import socket
import sys

PEERS = {"postgres": 5432, "redis": 6379}


def accepts_connections(name, port):
    try:
        with socket.create_connection((name, port), timeout=2):
            return True
    except OSError:
        return False


class Handler(http.server.SimpleHTTPRequestHandler):
    def do_GET(self):
        if self.path == "/health":
            self.send_health()
        else:
            super().do_GET()

    def send_health(self):
        peers = {name: accepts_connections(name, port) for name, port in PEERS.items()}
        body = json.dumps({"files": sorted(os.listdir(self.directory)), "peers": peers}).encode() + b"\n"
        self.send_response(200 if all(peers.values()) else 503)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--directory", required=True)
    parser.add_argument("--port", type=int, required=True)
    arguments = parser.parse_args()
    # As process 1 it would ignore the engine's TERM and be killed ten seconds later.
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(0))
    handler = functools.partial(Handler, directory=arguments.directory)
    with http.server.ThreadingHTTPServer(("", arguments.port), handler) as server:
        server.serve_forever()


if __name__ == "__main__":
    main()
