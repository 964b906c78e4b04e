# SPDX-License-Identifier: Apache-2.0
"""Peak memory of all captures and replays of this run."""

from __future__ import annotations

from ..bench import Bench
from ..command import MEBIBYTE
from ..result import Result, amount

ROWS = {"memory": "peak memory of each capture and replay of this run"}
LIMIT = 128


def measure(bench: Bench, wanted: set[str]) -> list[Result]:
    results = []
    for verb in ("capture", "replay"):
        calls = [(size, peak) for name, size, peak in bench.envsnap.peaks if name == verb]
        sizes = sorted(size for size, _ in calls)
        note = f"{len(calls)} calls, {amount(sizes[0], 'B')} to {amount(sizes[-1], 'B')} of data" if calls else \
            "only of rows that are measured in the same run"
        results.append(Result(
            "memory", f"peak memory of each {verb} (maximum resident size)", "MiB", LIMIT,
            [peak / MEBIBYTE for _, peak in calls], note=note))
    return results
