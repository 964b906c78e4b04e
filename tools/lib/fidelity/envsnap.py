# SPDX-License-Identifier: Apache-2.0
"""Calls the envsnap binary as a user would."""

from __future__ import annotations

import json
import os
import subprocess
from pathlib import Path
from typing import Any

DIFFERS = 3
INCOMPLETE = 4


class EnvsnapError(Exception):
    """envsnap failed where it should not have."""


class Envsnap:
    def __init__(self, binary: str, store: Path) -> None:
        self.binary, self.store = binary, store
        # A folder for temporary files that nobody else uses.
        self.temporary = store.parent / "tmp"
        self.temporary.mkdir(exist_ok=True)

    def run(self, address: str, *arguments: str, fine: tuple[int, ...] = (0,)) -> tuple[int, Any]:
        """Runs a verb with --json; returns its exit status and the envelope."""
        environment = os.environ | {
            "DOCKER_HOST": address, "ENVSNAP_STORE": str(self.store), "TMPDIR": str(self.temporary)}
        done = subprocess.run(
            [self.binary, *arguments, "--json", "--progress", "none"], env=environment, stdin=subprocess.DEVNULL,
            capture_output=True, text=True, timeout=900)
        if done.returncode not in fine:
            raise EnvsnapError(f"envsnap {' '.join(arguments)} ended with {done.returncode}: {done.stderr.strip()[-1500:]}")
        return done.returncode, json.loads(done.stdout)

    def capture(self, address: str, project: str, name: str) -> dict[str, Any]:
        return self.run(address, "capture", project, "--name", name, fine=(0, INCOMPLETE))[1]

    def replay(self, address: str, snapshot: str, name: str, *options: str) -> dict[str, Any]:
        return self.run(address, "replay", snapshot, "--as", name, *options, fine=(0, DIFFERS))[1]

    def verify(self, address: str, replay: str, *options: str) -> tuple[int, dict[str, Any]]:
        status, envelope = self.run(address, "verify", replay, *options, fine=(0, DIFFERS))
        return status, envelope["data"]

    def down(self, address: str, replay: str) -> None:
        self.run(address, "down", replay)
