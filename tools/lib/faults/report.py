# SPDX-License-Identifier: Apache-2.0
"""The scoreboard: a table for people, and docs/reliability.md."""

from __future__ import annotations

import json
import os
import platform
import re
import sqlite3
import subprocess
from dataclasses import asdict
from pathlib import Path

from .result import Result

HEADER = f"{'row':<12} {'points':>8} {'least':>8} {'failures':>8}  verdict"


def line(result: Result) -> str:
    return (f"{result.row:<12} {result.points:>8} {result.least or 'all':>8} {len(result.failures):>8}  {result.verdict}, "
            f"{result.seconds:.0f} s")


def text(results: list[Result]) -> str:
    lines = [HEADER, *(line(result) for result in results)]
    for result in results:
        lines += [f"    {result.row}: {len(alike)} such: {alike[0]}"[:1200] for alike in grouped(result.failures)]
    return "\n".join(lines)


def grouped(failures: list[str]) -> list[list[str]]:
    """The failures that say the same but for numbers and names, the most frequent first."""
    groups: dict[str, list[str]] = {}
    for failure in failures:
        what = failure.partition(": ")[2]
        what = re.sub(r"[0-9a-f]{12,}|/[^ \"',:]+", "…", what)
        groups.setdefault(re.sub(r"\d+", "N", what)[:300], []).append(failure)
    return sorted(groups.values(), key=len, reverse=True)


def machine(binary: str, folder: Path) -> list[tuple[str, str]]:
    """What a reader needs to judge the figures."""
    return [
        ("processor", f"{_processor()}, {os.cpu_count()} cores"),
        ("kernel", platform.release()),
        ("file system", _first(["findmnt", "-n", "-o", "FSTYPE", "--target", str(folder)])),
        ("engine", _first(["docker", "version", "--format", "{{.Server.Version}}"])),
        ("SQLite", sqlite3.sqlite_version),
        ("envsnap", _first([binary, "--version"])),
    ]


FOUND = "## What it found"
INTRODUCTION = """# Reliability, measured

Written by `tools/faults`, which makes each fault, lets a user's next commands run, and then looks at the store with sqlite3 and
hashlib. The binary under test has nothing built in for this: a small library, preloaded into it, counts the C library's calls
that change files of the store, SQLite's among them, and makes one of them the last, or fail
([tools/lib/faults/interposer](../tools/lib/faults/interposer)).
"""

MEANINGS = {
    "kill": "What a crash, an out-of-memory kill or an impatient user leaves is whole: every moment at which a command can end "
            "was tried, since between two such calls nothing on the disk changes.",
    "errors": "A failing disk, a full one, too few file handles and missing rights are told, and nothing is done by half.",
    "live-kill": "The same as kill for commands that speak with an engine; requests to it count as steps too.",
    "live-errors": "The same as errors for commands that speak with an engine.",
    "engine": "An engine may die, start again, hang or fail while it is spoken with, the machine's or one in a host: the command "
              "says so, and once the engine is back nothing stands still and the command does its work.",
    "power": "When the machine loses its power, what a command had reported is there. The disk is a model, stricter than "
             "Linux's file systems: a file keeps what its fsync has seen, a folder the names that its fsync has seen, and anything of "
             "the rest, torn at any sector, in any order.",
    "full": "On a file system with no byte left, errors say what to do, and `rm` and `gc` do give space back.",
    "rot": "No changed bit goes unnoticed: `check --read-data` names the file, and who needs it refuses to use it.",
    "pages": "A catalogue that is damaged is found, or the damage touches nothing that anybody sees. In one half of the tries the "
             "file passes for checked, as when the disk itself changes bytes. What cannot be told is a page that is sound but older, "
             "where a disk lost a write: SQLite has nothing to tell it by.",
    "model": "What the commands say and do is what a few sets say.",
    "crowd": "Several people, scripts and timers may use one store, and any of them may die.",
    "fuzz": "Bytes that come from elsewhere end no command, keep none busy, and take no more memory than was allowed. The time is "
            "that of the processor in all runs whose findings the next one begins with.",
}


def document(results: list[Result], facts: list[tuple[str, str]], when: str) -> str:
    """The text of docs/reliability.md."""
    failed = sum(len(result.failures) for result in results)
    points = sum(result.points for result in results if not result.unit.startswith("seconds"))
    lines = [INTRODUCTION, f"Run on {when}: {points} faults and sequences, {failed} failures.", "",
             "| row | fault | passes when | at least | run | failures | result | seed |", "|---|---|---|---|---|---|---|---|"]
    for result in results:
        lines.append(
            f"| {result.row} | {result.fault} | {result.passes} | {result.least or 'all'} | {result.points} {result.unit} | "
            f"{len(result.failures)} | {result.verdict} | {result.seed} |")
    lines += ["", "## On what", "", "| | |", "|---|---|", *(f"| {name} | {value} |" for name, value in facts), "",
              "## The rows", ""]
    for result in results:
        lines += [f"### {result.row}", "", MEANINGS[result.row], ""]
        if result.counts:
            lines += ["; ".join(what if not number else f"{what}: {number}" for what, number in result.counts.items()) + ".", ""]
        lines += [f"- FAILED, {len(alike)} such: {alike[0]}"[:500] for alike in grouped(result.failures)]
        lines += [""] if result.failures else []
    return "\n".join(lines).rstrip() + "\n"


def data(results: list[Result], facts: list[tuple[str, str]], when: str) -> str:
    """The figures for programs, and for `read`."""
    return json.dumps({"when": when, "machine": dict(facts), "rows": [asdict(result) for result in results]}, indent=1) + "\n"


def save(results: list[Result], target: Path, facts: list[tuple[str, str]], when: str) -> None:
    """Writes the document; what people wrote below the last heading stays."""
    _, heading, found = (target.read_text() if target.exists() else "").partition(FOUND)
    target.write_text(document(results, facts, when) + (f"\n{heading}{found}" if heading else ""))


def read(files: list[Path]) -> tuple[list[Result], list[tuple[str, str]], str]:
    """The results of several runs of rows by themselves, as `data` wrote them; of a row that was run twice the last."""
    results: dict[str, Result] = {}
    facts: dict[str, str] = {}
    when = ""
    for file in files:
        content = json.loads(file.read_text())
        results |= {row["row"]: Result(**row) for row in content["rows"]}
        facts, when = content["machine"], max(when, content["when"])
    return [results[row] for row in MEANINGS if row in results], list(facts.items()), when


def _processor() -> str:
    for entry in Path("/proc/cpuinfo").read_text().splitlines():
        if entry.startswith("model name"):
            return entry.split(":", 1)[1].strip()
    return platform.machine()


def _first(command: list[str]) -> str:
    try:
        done = subprocess.run(command, capture_output=True, text=True, timeout=60)
    except (OSError, subprocess.TimeoutExpired):
        return "none"
    return (done.stdout.strip().splitlines() or ["none"])[0]
