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
        calls = sorted((size, peak) for name, size, peak in bench.envsnap.peaks if name == verb)
        note = "only of rows that are measured in the same run"
        if calls:
            (least, low), (most, high) = calls[0], calls[-1]
            note = (f"{len(calls)} calls; {amount(low / MEBIBYTE, 'MiB')} with {amount(least, 'B')} of data, "
                    f"{amount(high / MEBIBYTE, 'MiB')} with {amount(most, 'B')}")
        results.append(Result(
            "memory", f"peak memory of each {verb} (maximum resident size)", "MiB", LIMIT,
            [peak / MEBIBYTE for _, peak in calls], note=note, every=True))
    return results
