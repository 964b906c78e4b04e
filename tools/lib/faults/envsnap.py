# SPDX-License-Identifier: Apache-2.0
"""Calls the envsnap binary as a user would, watched or not."""

from __future__ import annotations

import json
import os
import signal
import subprocess
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from .watch import Watch

# The statuses that the manual knows.
STATUSES = {0, 1, 3, 4, 5, 10, 11, 12, 20, 64, 130}
SECONDS = 120


class Unexpected(Exception):
    """A command that was not under a fault did not do what it should."""


@dataclass(frozen=True)
class Done:
    """A command that has ended."""

    words: tuple[str, ...]
    status: int
    output: str
    errors: str
    timed_out: bool = False

    @property
    def was_killed(self) -> bool:
        return self.status == -signal.SIGKILL and not self.timed_out

    @property
    def data(self) -> Any:
        """What it answered."""
        return json.loads(self.output)["data"]

    @property
    def failure(self) -> dict[str, Any] | None:
        """The error of its envelope; None where there is none that can be read."""
        for line in self.errors.splitlines():
            if line.startswith('{"error"') or '"error":' in line:
                try:
                    return json.loads(line)["error"]
                except (ValueError, KeyError, TypeError):
                    continue
        return None

    def problems(self) -> list[str]:
        """What is wrong with how it ended, whatever it was to do."""
        if self.timed_out:
            return [f"{self}: it hung"]
        if self.was_killed:
            return []
        if self.status not in STATUSES:
            return [f"{self}: it ended with {self.status}: {self.errors.strip()[-500:]}"]
        if self.status in (0, 3, 4) or self.words[:1] == ("check",) and self.output:
            return []
        failure = self.failure
        if not failure or not failure.get("message"):
            return [f"{self}: it ended with {self.status} and no error that can be read: {self.errors.strip()[-500:]!r}"]
        return []

    def __str__(self) -> str:
        return "envsnap " + " ".join(self.words)


class Envsnap:
    """The binary under test."""

    def __init__(self, binary: str, library: Path, temporary: Path, engine: str | None = None) -> None:
        self.binary, self.library, self.temporary = binary, library, temporary
        # The address of another engine than the usual one.
        self.engine = engine
        self.calls = 0
        temporary.mkdir(parents=True, exist_ok=True)

    def run(self, store: Path, *words: str, watch: Watch | None = None, seconds: float = SECONDS) -> Done:
        """Runs a verb with --json to its end."""
        return self.finish(self.start(store, *words, watch=watch), words, seconds)

    def finish(self, process: subprocess.Popen[str], words: tuple[str, ...], seconds: float = SECONDS) -> Done:
        """Waits for the end of a verb that was begun; one that takes too long is killed."""
        try:
            output, errors = process.communicate(timeout=seconds)
        except subprocess.TimeoutExpired:
            process.kill()
            output, errors = process.communicate()
            return Done(words, process.returncode, output, errors, timed_out=True)
        except BaseException:
            process.kill()
            process.wait()
            raise
        return Done(words, process.returncode, output, errors)

    def start(self, store: Path, *words: str, watch: Watch | None = None) -> subprocess.Popen[str]:
        """Begins a verb."""
        environment = os.environ | {"ENVSNAP_STORE": str(store), "TMPDIR": str(self.temporary)}
        if self.engine:
            environment["DOCKER_HOST"] = self.engine
        if watch:
            environment |= watch.environment(self.library)
        self.calls += 1
        return subprocess.Popen(
            [self.binary, *words, "--json", "--progress", "none"], env=environment, stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, errors="replace")

    def fine(self, store: Path, *words: str, statuses: tuple[int, ...] = (0,)) -> Done:
        """Runs a verb that has to succeed."""
        done = self.run(store, *words)
        if done.status not in statuses:
            raise Unexpected(f"{done} ended with {done.status}: {(done.output + done.errors).strip()[-800:]}")
        return done

    def snapshots(self, store: Path) -> set[str]:
        """The ids of the snapshots that envsnap lists."""
        return {snapshot["id"] for snapshot in self.fine(store, "ls").data}
