# SPDX-License-Identifier: Apache-2.0
"""Calls the envsnap binary as a user would, and keeps the peak memory of each call."""

from __future__ import annotations

import json
import shutil
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from .command import CommandError, Measured, run


@dataclass
class Envsnap:
    """One binary; each call names its store."""

    binary: str
    capsule_image: str
    # Peak memory in bytes: (verb, size in bytes of what was captured or replayed, peak).
    peaks: list[tuple[str, int, int]] = field(default_factory=list)

    def call(self, store: Path, *arguments: str) -> tuple[Measured, Any]:
        """Runs a verb with --json; what it took, and its data."""
        done = run([self.binary, *arguments, "--json", "--progress", "none"], {"ENVSNAP_STORE": str(store)})
        return done, json.loads(done.output)["data"]

    def capture(self, store: Path, project: str, name: str) -> tuple[Measured, Any]:
        done, data = self.call(store, "capture", project, "--name", name)
        if not data["complete"]:
            raise CommandError(f"the capture of {project} is incomplete: {data['notCaptured']}")
        self.peaks.append(("capture", data["bytes"]["read"], done.peak_bytes))
        return done, data

    def replay(self, store: Path, snapshot: str, name: str, size: int, *options: str) -> Measured:
        """Replays; `size` is what was captured, for the list of peaks."""
        done, data = self.call(store, "replay", snapshot, "--as", name, *options)
        if not data["verdict"]["exact"]:
            raise CommandError(f"the replay {name} differs: {data['verdict']['different']}")
        self.peaks.append(("replay", size, done.peak_bytes))
        return done

    def replay_plain(self, store: Path, snapshot: str, name: str, size: int) -> Measured:
        """Replays a project without hosts, whose snapshot has no image for a capsule."""
        return self.replay(store, snapshot, name, size, "--capsule-image", self.capsule_image)

    def down(self, store: Path, replay: str) -> None:
        self.call(store, "down", replay)

    def has(self, verb: str) -> bool:
        return f"USAGE: envsnap {verb} " in run([self.binary, verb, "--help"], fine=(0, 64)).output

    def forget(self, store: Path) -> None:
        """Removes a store with all that envsnap keeps for it elsewhere."""
        if not store.exists():
            return
        for replay in self.call(store, "ps")[1]:
            self.down(store, replay["replay"])
        for snapshot in self.call(store, "ls")[1]:
            self.call(store, "rm", snapshot["id"])
        self.call(store, "gc")
        shutil.rmtree(store)
