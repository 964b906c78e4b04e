# SPDX-License-Identifier: Apache-2.0
"""Compares two readings field by field."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from typing import Any

from .allowed import Pair, reason_for
from .reading import Facts


@dataclass(frozen=True)
class Finding:
    """One field that is not equal. Without a reason it had to be."""

    object: str
    field: str
    captured: Any
    found: Any
    reason: str | None = None

    def __str__(self) -> str:
        text = f"{self.object}: {self.field}: captured {self.captured!r}, found {self.found!r}"
        return f"{text} ({self.reason})" if self.reason else text


@dataclass
class Outcome:
    """The result of one comparison."""

    compared: int = 0
    different: list[Finding] = field(default_factory=list)
    allowed: list[Finding] = field(default_factory=list)

    @property
    def equal(self) -> int:
        return self.compared - len(self.different) - len(self.allowed)

    @property
    def reasons(self) -> Counter[str]:
        return Counter(finding.reason or "" for finding in self.allowed)


def compare(captured: Facts, found: Facts) -> Outcome:
    outcome = Outcome()
    for name in sorted(captured.keys() | found.keys()):
        if name not in captured or name not in found:
            outcome.compared += 1
            outcome.different.append(Finding(name, "exists", name in captured, name in found))
            continue
        before, after = captured[name], found[name]
        for key in sorted(before.keys() | after.keys()):
            outcome.compared += 1
            old, new = before.get(key), after.get(key)
            if old == new:
                continue
            reason = reason_for(Pair(name, key, old, new, before, after, captured))
            finding = Finding(name, key, old, new, reason)
            (outcome.allowed if reason else outcome.different).append(finding)
    return outcome
