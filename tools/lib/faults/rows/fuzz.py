# SPDX-License-Identifier: Apache-2.0
"""Every parser of foreign bytes gets what libFuzzer makes up, for hours."""

from __future__ import annotations

import math
import os
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path

from ..board import Board
from ..result import Result

LEAST_SECONDS = 2 * 60 * 60


@dataclass(frozen=True)
class Effort:
    """What all runs of a target came to."""

    seconds: float
    inputs: int


def efforts(times: str) -> dict[str, Effort]:
    """The targets in what `tools/fuzz --times` prints: a target, its processor seconds and its inputs in each line."""
    found = {}
    for entry in times.splitlines():
        target, seconds, _, inputs, _ = entry.split()
        found[target] = Effort(float(seconds), int(inputs))
    found.pop("all")
    return found


def run(board: Board) -> Result:
    result = Result(
        "fuzz", "coverage-guided fuzzing of every parser of foreign bytes, by libFuzzer and under AddressSanitizer",
        "no input ends the program, takes 10 s or 2 GB", least=LEAST_SECONDS, unit="seconds of processor time")
    tool = board.root / "tools" / "fuzz"
    board.say("fuzz: building the parsers")
    subprocess.run([tool, "--build"], check=True, stdout=sys.stderr)
    before = _efforts(tool)
    share = (board.seconds or LEAST_SECONDS) / len(before)
    with ThreadPoolExecutor(os.cpu_count()) as pool:
        # What has had the least comes first: where a run is ended early, all have had about as much.
        order = sorted(before, key=lambda target: before[target].seconds)
        problems = pool.map(lambda target: _fuzz(board, tool, target, share), order)
        for target, problem in zip(order, problems):
            result.fail(target, problem)
    for target, effort in _efforts(tool).items():
        result.points += int(effort.seconds)
        result.count(f"{target}, inputs", effort.inputs)
    return result


def _fuzz(board: Board, tool: Path, target: str, share: float) -> list[str]:
    """Runs one target until it has had its share of processor seconds; gives what was found.

    libFuzzer's limit is of the time that passes, of which a busy machine gives a part to others.
    """
    while (lacking := share - _efforts(tool, target)[target].seconds) >= 1:
        done = subprocess.run(
            [tool, "--no-build", "--seconds", str(math.ceil(lacking)), target], capture_output=True, text=True)
        board.say(done.stderr.strip())
        if done.returncode != 0:
            return [done.stderr.strip()[-1000:]]
    return []


def _efforts(tool: Path, *targets: str) -> dict[str, Effort]:
    return efforts(subprocess.run([tool, "--times", *targets], check=True, stdout=subprocess.PIPE, text=True).stdout)
