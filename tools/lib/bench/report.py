# SPDX-License-Identifier: Apache-2.0
"""The table for people, and docs/performance.md."""

from __future__ import annotations

from pathlib import Path
from typing import Sequence

from .result import Result, spread

# What people write into the document stands between markers and outlives a rerun.
KEPT = {"limits": "What limits it now", "profile": "Where the time goes"}
METHOD = """\
All lines come from one run, in which the two ways take turns; each figure is the median of its rounds, with the least and
the most in brackets: {rounds} for most, {growth} for each point of the growth curves. Both ways begin after `sync`, and
nothing is dropped from the page cache: it is warm for both. Numbers of another machine differ; ratios are what to look at.

- **The plain way** is [plain/capture](../tools/lib/bench/plain/capture) and [plain/replay](../tools/lib/bench/plain/replay):
  `docker save` of each image of each engine through `zstd -3 -T0`, inspect answers, and with the leaves paused `tar` of the
  volumes and the project's folder through `zstd -3 -T0`; back by `docker load`, `tar` and compose `up`. It keeps no
  writable layers and compares nothing; envsnap does both within its time.
- **Fresh engines**: both ways begin with the machine's engine alone, start a fresh engine in a container, bring the project's
  images into it, start the hosts in it, and bring theirs into those. A replay's time ends when postgres takes sessions, redis
  says PONG, and both applications answer HTTP, by the same prober for both ways. The data is read back then, unmeasured.
- **Unique bytes** are the plain way's files uncompressed, each layer once.
- **Sizes** are those of all files in a store, its catalogue included.
- **Data** that is made for a row is half random, half repeating in every 4 KiB, so it compresses to about a half.
- **Memory** is the maximum resident size that wait4(2) tells of the process.
- An exponent is the slope of log(seconds beyond the fixed cost) over log(size): 1 is a straight line, at most 1.15 is taken for
  one."""


def rows(results: Sequence[Result]) -> list[list[str]]:
    return [[
        result.what, result.target, spread(result.ours, result.unit),
        f"{result.against}: {spread(result.other, result.unit)}" if result.other else "", result.ratio_text, result.verdict,
    ] for result in results]


HEADER = ["what", "target", "envsnap", "against", "ratio", ""]


def text(results: Sequence[Result]) -> str:
    """The table for a terminal."""
    lines = [HEADER, *rows(results)]
    widths = [max(len(line[column]) for line in lines) for column in range(len(HEADER))]
    return "\n".join("  ".join(cell.ljust(width) for cell, width in zip(line, widths)).rstrip() for line in lines)


def document(
    results: Sequence[Result], machine: Sequence[tuple[str, str]], rounds: int, growth_rounds: int, plot: str | None,
    old: str,
) -> str:
    """The text of docs/performance.md; `old` is what it was, for the parts that people wrote."""
    judged = [result for result in results if result.met is not None]
    lines = [
        "# Performance, measured", "",
        "Written by `tools/bench`, which measures envsnap against the plain way of keeping a reproduction.", "",
        f"{sum(bool(r.met) for r in judged)} of {len(judged)} targets are met.", "", "## Results", "",
        "| " + " | ".join(HEADER) + " |", "|---" * len(HEADER) + "|",
        *("| " + " | ".join(cell.replace("|", "\\|") for cell in line) + " |" for line in rows(results)), ""]
    notes = [f"- {result.what}: {result.note}." for result in results if result.note]
    lines += [
        *notes, "", "## How it was measured", "", METHOD.format(rounds=rounds, growth=growth_rounds), "", "## On what", "",
        "| | |", "|---|---|", *(f"| {name} | {value} |" for name, value in machine), ""]
    if plot:
        lines += ["## Growth", "", f"![Seconds over size, for captures and replays]({plot})", ""]
    for key, title in KEPT.items():
        lines += [f"## {title}", "", _begin(key), kept(old, key) or "Not written yet.", _end(key), ""]
    return "\n".join(lines).rstrip() + "\n"


def kept(text_: str, key: str) -> str:
    """What stands between a key's markers; empty where there are none."""
    _, found, rest = text_.partition(_begin(key) + "\n")
    inner, closed, _ = rest.partition("\n" + _end(key))
    if found and not closed:
        raise ValueError(f"{_begin(key)} has no {_end(key)}")
    return inner if found else ""


def replaced(text_: str, key: str, content: str) -> str:
    """The text with other content between a key's markers."""
    before, found, rest = text_.partition(_begin(key) + "\n")
    _, closed, after = rest.partition("\n" + _end(key))
    if not found or not closed:
        raise ValueError(f"no {_begin(key)} and {_end(key)}: run tools/bench once first")
    return f"{before}{_begin(key)}\n{content}\n{_end(key)}{after}"


def write(path: Path, content: str) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(content)


def _begin(key: str) -> str:
    return f"<!-- kept: {key} -->"


def _end(key: str) -> str:
    return f"<!-- end of {key} -->"
