# SPDX-License-Identifier: Apache-2.0
"""How long a container stands still while its data is captured, beside data that does not change."""

from __future__ import annotations

from statistics import median

from .. import content
from ..bench import Bench
from ..command import run, settle
from ..project import WRITER, project
from ..result import Result

ROWS = {"pause": "pause, while a container keeps rewriting 1 MiB of its data"}
# Of the pause at the largest size against that at the smallest; a pause of some ten milliseconds is never twice the same.
GROWTH = 1.5


def measure(bench: Bench, wanted: set[str]) -> list[Result]:
    sizes = [16_000_000, 64_000_000] if bench.quick else [64_000_000, 256_000_000, 1_000_000_000]
    pauses: dict[int, list[float]] = {}
    results = []
    for size in sizes:
        pauses[size], tars = _measure(bench, size)
        # No pause is shorter than stopping and starting a container, so small sizes are shown and not judged.
        results.append(Result(
            "pause", f"{ROWS['pause']} beside {size / 1e6:.0f} MB that do not change", "s",
            1 / 10 if size == sizes[-1] else None, pauses[size], tars,
            "tar -cf FILE of the same data"))
    least, most = sizes[0], sizes[-1]
    results.append(Result(
        "pause", f"growth of the pause from {least / 1e6:.0f} to {most / 1e6:.0f} MB", "s", GROWTH, [median(pauses[most])],
        [median(pauses[least])], f"the pause at {least / 1e6:.0f} MB"))
    return results


def _measure(bench: Bench, size: int) -> tuple[list[float], list[float]]:
    pauses, tars = [], []
    bench.say(f"pause beside {size / 1e6:.0f} MB")
    with project(bench, "pause") as environment:
        data = environment.leaf_with_data(WRITER)
        content.write_many(data / "files", max(1, size // 10_000_000), 10_000_000)
        for _ in range(bench.rounds):
            with bench.folder("plain") as out, bench.store("pause") as store:
                settle()
                # 1: the writer goes on, and tar says so of its file.
                tars.append(run(["tar", "-C", data, "-cf", out / "data.tar", "."], fine=(0, 1)).seconds)
                settle()
                _, captured = bench.envsnap.capture(store, environment.project, "moment")
                pauses.append(captured["pauseMilliseconds"] / 1000)
    return pauses, tars
