# SPDX-License-Identifier: Apache-2.0
"""A capture after 10 MB of a 1 GB data volume changed: how much the store grows, and how long it takes."""

from __future__ import annotations

import os
from collections import defaultdict
from pathlib import Path
from typing import Callable

from .. import content
from ..bench import Bench
from ..command import settle, tree_bytes
from ..project import project
from ..result import Result, amount

ROWS = {
    "changed-range": "capture after one range of 10 MB in one large file was overwritten",
    "changed-files": "capture after 10 MB in files of 100 kB were replaced",
}
CHANGED = 10_000_000
FILE = 100_000
Change = Callable[[Path, int], None]


def measure(bench: Bench, wanted: set[str]) -> list[Result]:
    total = 100_000_000 if bench.quick else 1_000_000_000
    results: list[Result] = []
    if "changed-range" in wanted:
        results += _measure(
            bench, "changed-range", total, lambda data: content.write(data / "file", total),
            lambda data, number: content.overwrite(data / "file", total // 3 + number * CHANGED // 7, CHANGED))
    if "changed-files" in wanted:
        results += _measure(
            bench, "changed-files", total, lambda data: content.write_many(data / "files", total // FILE, FILE, 100),
            lambda data, number: _replace(data / "files", number))
    return results


def _replace(folder: Path, number: int) -> None:
    """Replaces so many files as make 10 MB, spread over all folders, each by a new file of its name."""
    files = sorted(folder.rglob("*/*"))
    count = CHANGED // FILE
    for file in files[number % 7::max(1, len(files) // count)][:count]:
        replacement = file.with_suffix(".new")
        content.write(replacement, FILE)
        os.replace(replacement, file)


def _measure(bench: Bench, row: str, total: int, fill: Callable[[Path], None], change: Change) -> list[Result]:
    series: dict[str, list[float]] = defaultdict(list)
    bench.say(f"{row}: making {total / 1e6:.0f} MB")
    with project(bench, row) as environment, bench.store(row) as store:
        data = environment.leaf_with_data()
        fill(data)
        settle()
        bench.envsnap.capture(store, environment.project, "before")
        for number in range(1, bench.rounds + 1):
            change(data, number)
            with bench.folder("plain") as out:
                settle()
                series["plain"].append(environment.plain_capture(out).seconds)
            before = tree_bytes(store)
            settle()
            done, _ = bench.envsnap.capture(store, environment.project, f"after-{number}")
            series["seconds"].append(done.seconds)
            series["growth"].append(tree_bytes(store) - before)
        bench.envsnap.call(store, "check", "--read-data")
    what = f"{ROWS[row]}, of a volume of {amount(total, 'B')}"
    return [
        Result(row, f"{what}: growth of the store", "B", 2, series["growth"], [CHANGED] * bench.rounds, "what changed"),
        Result(row, f"{what}: time", "s", 1 / 10, series["seconds"], series["plain"], "the plain way")]
