# SPDX-License-Identifier: Apache-2.0
"""Waits until the services of the two-host reproduction answer.

Run as a program in a network namespace: `nsenter --target PID --net python3 -m bench.health KIND:ADDRESS:PORT…`.
"""

from __future__ import annotations

import ipaddress
import socket
import struct
import sys
import time
from typing import Callable

SECONDS = 90
PAUSE = 0.02


def postgres(connection: socket.socket) -> bool:
    """Whether the server takes sessions: it asks for a password or grants entry (PostgreSQL protocol 3.0, StartupMessage)."""
    message = struct.pack(">i", 3 << 16) + b"user\0postgres\0database\0postgres\0\0"
    connection.sendall(struct.pack(">i", len(message) + 4) + message)
    return connection.recv(1) == b"R"


def redis(connection: socket.socket) -> bool:
    connection.sendall(b"PING\r\n")
    return connection.recv(16).startswith(b"+PONG")


def http(connection: socket.socket) -> bool:
    connection.sendall(b"GET / HTTP/1.0\r\n\r\n")
    return connection.recv(12).split()[1:2] == [b"200"]


KINDS: dict[str, Callable[[socket.socket], bool]] = {"postgres": postgres, "redis": redis, "http": http}


def local(address: str) -> bool:
    """Whether a network of this namespace holds the address: else the packet would leave by the default route."""
    with open("/proc/net/route") as table:
        for line in list(table)[1:]:
            _, destination, gateway, _, _, _, _, mask, *_ = line.split()
            bits = int(socket.inet_aton(address)[::-1].hex(), 16)
            if int(mask, 16) and gateway == "00000000" and bits & int(mask, 16) == int(destination, 16):
                return True
    return False


def answers(kind: str, address: str, port: int) -> bool:
    if not local(address):
        return False
    try:
        with socket.create_connection((address, port), timeout=1) as connection:
            return KINDS[kind](connection)
    except OSError:
        return False


def main(services: list[str]) -> int:
    deadline = time.monotonic() + SECONDS
    for service in services:
        kind, address, port = service.split(":")
        ipaddress.ip_address(address)
        while not answers(kind, address, int(port)):
            if time.monotonic() > deadline:
                print(f"{service} did not answer within {SECONDS} s", file=sys.stderr)
                return 1
            time.sleep(PAUSE)
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
