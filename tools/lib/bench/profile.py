# SPDX-License-Identifier: Apache-2.0
"""Where the time of a first capture, a capture again and a replay goes: by phase, by module and by symbol."""

from __future__ import annotations

import os
import re
import subprocess
import time
from dataclasses import dataclass
from pathlib import Path
from typing import Callable

from . import report
from .bench import PREFIX, Bench
from .command import CommandError, run, settle
from .reproduction import PROJECT, Reproduction

REPLAY = PREFIX + "profile"
STEPS = {
    "First capture": ("capture", PROJECT, "--name", "first"),
    "Capture again, nothing changed": ("capture", PROJECT, "--name", "again"),
    "Replay": ("replay", "first", "--as", REPLAY),
}
SAMPLES_A_SECOND = "499"
SHOWN = 12
# A line of `perf report`: share, module, kernel or user, and the symbol.
LINE = re.compile(r"^\s*(\d+\.\d+)%\s+(\S+)(?:\s+\[[.k]\]\s+(.*?))?\s*(?:-\s+-\s*)?$")


@dataclass(frozen=True)
class Phase:
    """A line of progress, and how long it was until the next."""

    text: str
    seconds: float


def write(bench: Bench, target: Path) -> int:
    """Measures, prints, and puts the result between the document's markers if the document is there."""
    reproduction = Reproduction(bench)
    try:
        reproduction.up()
        text = "\n\n".join(
            f"### {title}\n\n{phases}\n\n{shares}"
            for title, phases, shares in zip(STEPS, _steps(bench, _phases), _steps(bench, _shares)))
    finally:
        if reproduction.started and not bench.keep:
            reproduction.remove()
    print(text)
    if target.exists():
        report.write(target, report.replaced(target.read_text(), "profile", text))
        bench.say(f"wrote {target}")
    return 0


def _steps(bench: Bench, look: Callable[[Bench, list[str]], str]) -> list[str]:
    """Takes all steps in a fresh store, each watched in one way."""
    with bench.store("profile") as store:
        texts = []
        for arguments in STEPS.values():
            settle()
            options = ["--store", str(store), "--progress", "plain"]
            texts.append(look(bench, [bench.envsnap.binary, *arguments, *options]))
        return texts


def _phases(bench: Bench, command: list[str]) -> str:
    """Wall-clock time by the lines of progress."""
    started = time.monotonic()
    marks: list[tuple[float, str]] = [(0.0, "starting")]
    process = subprocess.Popen(
        command, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True)
    if process.stderr is None:
        raise CommandError("no progress to read")
    for line in process.stderr:
        marks.append((time.monotonic() - started, line.strip()))
    _, status, usage = os.wait4(process.pid, 0)
    end = time.monotonic() - started
    process.returncode = os.waitstatus_to_exitcode(status)
    if process.returncode:
        raise CommandError(f"{' '.join(command)} ended with {process.returncode}: {marks[-5:]}")
    processor = usage.ru_utime + usage.ru_stime
    lines = [f"{end:.2f} s, of which {processor:.2f} s are processor time on {os.cpu_count()} cores.", "",
             "| s | phase |", "|---|---|"]
    return "\n".join(lines + [f"| {phase.seconds:.2f} | {phase.text} |" for phase in phases(marks, end)])


def phases(marks: list[tuple[float, str]], end: float) -> list[Phase]:
    """How long each phase was, those of one kind in a row as one; remarks are no phases."""
    steps = [(at, text) for at, text in marks if not text.startswith(("note:", "warning:"))]
    groups: list[tuple[list[str], float]] = []
    for (at, text), (after, _) in zip(steps, [*steps[1:], (end, "")]):
        if groups and groups[-1][0][0].split(" ")[0] == text.split(" ")[0]:
            groups[-1] = (groups[-1][0] + [text], groups[-1][1] + after - at)
        else:
            groups.append(([text], after - at))
    return [Phase(texts[0] + (f" and {len(texts) - 1} more" if len(texts) > 1 else ""), seconds) for texts, seconds in groups]


def _shares(bench: Bench, command: list[str]) -> str:
    """Processor time by module and by symbol, sampled."""
    data = bench.state / "perf.data"
    try:
        run(["perf", "record", "-q", "-F", SAMPLES_A_SECOND, "-o", str(data), "--", *command])
        modules, symbols = _report(data, "dso"), _report(data, "dso,symbol")
    finally:
        data.unlink(missing_ok=True)
    # Libraries without symbols show addresses.
    named = [(share, module, name) for share, module, name in symbols if name and not name.startswith("0x")]
    names = _demangled([name for _, _, name in named[:SHOWN]])
    lines = ["| processor time | in |", "|---|---|"]
    lines += [f"| {share} % | {module} |" for share, module, _ in modules if float(share) >= 1]
    lines += [f"| {share} % | {module}: `{name}` |" for (share, module, _), name in zip(named, names)]
    return "\n".join(lines)


def _report(data: Path, order: str) -> list[tuple[str, str, str]]:
    """Share, module and symbol, the largest share first."""
    output = run(["perf", "report", "-i", data, "--stdio", "--no-children", "--sort", order]).output
    found = (LINE.match(line) for line in output.splitlines())
    return [(match[1], match[2], match[3] or "") for match in found if match]


def _demangled(symbols: list[str]) -> list[str]:
    """Swift's names as people write them, where there is a toolchain."""
    try:
        command = ["swift", "demangle", "--compact", "--simplified"]
        done = subprocess.run(command, input="\n".join(symbols), capture_output=True, text=True, check=True)
    except (OSError, subprocess.CalledProcessError):
        return symbols
    return done.stdout.split("\n")[:len(symbols)]
