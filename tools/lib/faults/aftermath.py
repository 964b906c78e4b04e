# SPDX-License-Identifier: Apache-2.0
"""What a user does after a fault in a command on an engine, and what has to hold then."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from . import store as looks
from .envsnap import Done, Envsnap
from .project import PROJECT, REPLAY, Project

# Statuses: a replay that differs from its snapshot; what is not there; a name that is taken.
DIFFERS = 3
CHANGED = 4
MISSING = 10
TAKEN = 1

# The capture from which all begin, and the one that is tried.
FIRST = "capture", PROJECT, "--name", "first"
CAPTURE = "capture", PROJECT, "--name", "second"
REPLAYS = "replay", "first", "--as", REPLAY, "--direct"


@dataclass
class Aftermath:
    """Looks at a store and at an engine after a fault; each method gives the problems."""

    envsnap: Envsnap
    project: Project
    store: Path

    def of_capture(self, done: Done, before: set[str], looks_first: bool) -> list[str]:
        """Nothing stands still after the next command, and the snapshot is there or can be made."""
        problems = done.problems()
        # What every user does next: look what is wrong, or capture again.
        self.envsnap.run(self.store, *(("doctor",) if looks_first else CAPTURE))
        if paused := self.project.paused():
            problems.append(f"paused: {paused}")
        found = self.envsnap.snapshots(self.store)
        if not before <= found or len(found - before) > 1:
            problems.append(f"snapshots {len(before)} before, {len(found)} after")
        if done.status in (0, CHANGED) and found == before:
            problems.append("success was claimed of what is not there")
        problems += self.whole()
        self.envsnap.fine(self.store, *CAPTURE, statuses=(0, CHANGED, TAKEN) if found != before else (0, CHANGED))
        self.envsnap.fine(self.store, "gc")
        return problems + self.whole() + looks.problems(self.store)

    def of_replay(self, done: Done) -> list[str]:
        """What is left can be removed, and the replay be made."""
        problems = done.problems() + self.whole()
        if done.status in (0, DIFFERS) and not self.project.replayed():
            problems.append("success was claimed of what is not there")
        return problems + self.removed() + self._replays_and_goes()

    def removed(self) -> list[str]:
        """down removes what is left of a replay, whatever that is."""
        down = self.envsnap.run(self.store, "down", REPLAY)
        problems = [] if down.status in (0, MISSING) else [f"{down} ended with {down.status}: {down.errors.strip()[:400]}"]
        if left := self.project.of_replay():
            problems.append(f"left on the engine: {left}")
            self.project.down()
        return problems + self._gathered()

    def whole(self) -> list[str]:
        """The store has nothing damaged in it."""
        check = self.envsnap.run(self.store, "check", "--read-data")
        if check.status == 0:
            return []
        return [f"check ended with {check.status}: {(check.output + check.errors).strip()[:400]}"]

    def _replays_and_goes(self) -> list[str]:
        again = self.envsnap.run(self.store, *REPLAYS)
        if again.status not in (0, DIFFERS):
            return [f"{again}, run again, ended with {again.status}: {again.errors.strip()[:400]}"]
        return self.removed()

    def _gathered(self) -> list[str]:
        gc = self.envsnap.run(self.store, "gc")
        if gc.status != 0:
            return [f"{gc} ended with {gc.status}: {gc.errors.strip()[:400]}"]
        return self.whole() + looks.problems(self.store)
