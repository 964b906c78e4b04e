# SPDX-License-Identifier: Apache-2.0
"""How the cost of a capture and of a replay grows with bytes, files, containers and hosts."""

from __future__ import annotations

from dataclasses import dataclass, field
from statistics import median
from typing import Callable

from .. import content
from ..bench import PREFIX, Bench
from ..command import settle
from ..fit import STRAIGHT, Growth
from ..project import Project, project
from ..result import EXPONENT, Result, amount

ROWS = {
    "growth-bytes": "growth with bytes", "growth-files": "growth with files", "growth-containers": "growth with containers",
    "growth-hosts": "growth with hosts",
}
CAPTURE, REPLAY = "capture", "replay"


@dataclass
class Curve:
    """Seconds at each size, for captures and replays."""

    axis: str
    unit: str
    sizes: list[int]
    seconds: dict[str, list[float]] = field(default_factory=lambda: {CAPTURE: [], REPLAY: []})


# What was measured last, for the plot.
CURVES: dict[str, Curve] = {}


def measure(bench: Bench, wanted: set[str]) -> list[Result]:
    """The first size of each curve is as good as nothing: it tells the fixed cost."""
    results: list[Result] = []
    for row in ROWS:
        if row in wanted:
            axis, unit, few, many, fill = SIZES[row]
            CURVES[row] = curve = Curve(axis, unit, few if bench.quick else many)
            for size in curve.sizes:
                _point(bench, row, curve, size, fill)
            results += _results(row, curve)
    return results


def _bytes(environment: Project, size: int) -> None:
    content.write_many(environment.leaf_with_data() / "files", max(1, size // 10), min(size, 10) * 1_000_000)


def _files(environment: Project, size: int) -> None:
    content.write_many(environment.leaf_with_data() / "files", size, 512)


def _containers(environment: Project, size: int) -> None:
    for number in range(size):
        environment.leaf(f"leaf{number:03}")


def _hosts(environment: Project, size: int) -> None:
    for number in range(size):
        environment.busy_host(f"host{number}")


# The axis, its unit, the sizes of a quick run and of a whole one, and what makes one.
SIZES: dict[str, tuple[str, str, list[int], list[int], Callable[[Project, int], None]]] = {
    "growth-bytes": ("size of the volume", "MB", [1, 16, 64], [1, 125, 250, 500, 1000, 2000], _bytes),
    "growth-files": (
        "files in the volume", "files", [10, 1000, 4000], [10, 25_000, 50_000, 100_000, 200_000, 400_000], _files),
    "growth-containers": ("running containers", "containers", [1, 2, 8], [1, 8, 16, 32, 64, 96], _containers),
    "growth-hosts": ("hosts", "hosts", [1, 2, 3], [1, 2, 3, 4, 6, 8], _hosts),
}


def _point(bench: Bench, row: str, curve: Curve, size: int, fill: Callable[[Project, int], None]) -> None:
    """Medians at one size; each capture into a fresh store, each replay the first of its snapshot."""
    bench.say(f"{ROWS[row]}: {size} {curve.unit}")
    times: dict[str, list[float]] = {CAPTURE: [], REPLAY: []}
    with project(bench, row) as environment:
        fill(environment, size)
        for _ in range(bench.growth_rounds):
            with bench.store(row) as store:
                settle()
                done, data = bench.envsnap.capture(store, environment.project, "moment")
                times[CAPTURE].append(done.seconds)
                settle()
                replay = bench.envsnap.replay if row == "growth-hosts" else bench.envsnap.replay_plain
                times[REPLAY].append(replay(store, "moment", PREFIX + row, data["bytes"]["read"]).seconds)
                bench.envsnap.down(store, PREFIX + row)
    for verb, values in times.items():
        curve.seconds[verb].append(median(values))


def _results(row: str, curve: Curve) -> list[Result]:
    results = []
    for verb, seconds in curve.seconds.items():
        growth = Growth([float(size) for size in curve.sizes], seconds)
        # Without a growth that can be seen there is no exponent, and nothing worse than linear.
        exponent = growth.exponent if growth.exponent is not None else 0.0
        note = (f"{curve.sizes[0]} to {curve.sizes[-1]} {curve.unit}: {amount(seconds[0], 's')} to {amount(seconds[-1], 's')}, "
                f"{amount(growth.per_unit, 's')} for each of the {curve.unit}")
        if growth.exponent is None:
            note += "; hardly above the fixed cost"
        results.append(Result(row, f"{ROWS[row]}: exponent of a {verb}'s cost", EXPONENT, STRAIGHT, [exponent], note=note))
    return results
