# SPDX-License-Identifier: Apache-2.0
"""What came out of one row of the scoreboard."""

from __future__ import annotations

import time
from dataclasses import dataclass, field


@dataclass
class Result:
    """One row."""

    row: str
    # What was done, in words.
    fault: str
    # What has to hold.
    passes: str
    # How many points the scoreboard asks for; 0 for all that there are.
    least: int = 0
    unit: str = "points"
    points: int = 0
    # The time that was given was over before all was tried.
    is_cut_off: bool = False
    failures: list[str] = field(default_factory=list)
    # What the points were, and what came out of them.
    counts: dict[str, int] = field(default_factory=dict)
    seconds: float = 0
    # That of the run, with which the same faults come again.
    seed: int = 0

    def count(self, what: str, number: int = 1) -> None:
        self.counts[what] = self.counts.get(what, 0) + number

    def fail(self, where: str, problems: list[str]) -> None:
        self.failures += [f"{where}: {problem}" for problem in problems]

    @property
    def passed(self) -> bool:
        return not self.failures and self.points > 0

    @property
    def verdict(self) -> str:
        if not self.passed:
            return f"FAILED ({len(self.failures)})" if self.failures else "nothing was run"
        return "passed, fewer than asked for" if self.is_cut_off or self.points < self.least else "passed"


@dataclass
class Budget:
    """How much a row may do: a number of points, a time, or both."""

    points: int
    seconds: float | None = None
    started: float = field(default_factory=time.monotonic)

    def is_spent(self, points: int) -> bool:
        late = self.seconds is not None and time.monotonic() - self.started > self.seconds
        return points >= self.points or late
