# SPDX-License-Identifier: Apache-2.0
"""Runs a command and measures it: wall-clock time, processor time and peak memory."""

from __future__ import annotations

import os
import resource
import subprocess
import tempfile
import threading
import time
from dataclasses import dataclass
from pathlib import Path
from typing import Mapping, Sequence

SECONDS = 3600
MEBIBYTE = 1 << 20
# A child's peak begins with its parent's at the fork (getrusage(2), exec keeps it): this program must stay smaller than
# anything it measures.
OWN_PEAK = 64 * MEBIBYTE


class CommandError(Exception):
    """A command that failed; the message has the end of its output."""


@dataclass(frozen=True)
class Measured:
    """What one command took."""

    seconds: float
    processor_seconds: float
    peak_bytes: int
    status: int
    output: str
    errors: str


def run(
    command: Sequence[str | Path], environment: Mapping[str, str] | None = None, folder: Path | None = None,
    fine: tuple[int, ...] = (0,),
) -> Measured:
    """Runs a command to its end.

    Raises CommandError, with the end of what the command printed, if its status is not among `fine`.
    """
    if resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024 > OWN_PEAK:
        raise CommandError("the benchmark itself has grown: peak memory of others cannot be measured any more")
    with tempfile.TemporaryFile() as output, tempfile.TemporaryFile() as errors:
        started = time.monotonic()
        process = subprocess.Popen(
            command, cwd=folder, env=os.environ | dict(environment or {}), stdin=subprocess.DEVNULL, stdout=output,
            stderr=errors)
        alarm = threading.Timer(SECONDS, process.kill)
        alarm.start()
        try:
            _, status, usage = os.wait4(process.pid, 0)
        except BaseException:
            process.terminate()
            process.wait()
            raise
        finally:
            alarm.cancel()
        seconds = time.monotonic() - started
        process.returncode = os.waitstatus_to_exitcode(status)
        measured = Measured(
            seconds, usage.ru_utime + usage.ru_stime, usage.ru_maxrss * 1024, process.returncode, _text(output),
            _text(errors))
    if measured.status not in fine:
        text = " ".join(str(word) for word in command)
        raise CommandError(
            f"{text}\nended with {measured.status}:\n{(measured.output + measured.errors).strip()[-3000:]}")
    return measured


def settle() -> None:
    """Writes out what earlier steps left to be written, so that neither way pays for the other."""
    os.sync()


def tree_bytes(folder: Path) -> int:
    """The sizes of all files below a folder."""
    return sum(file.stat().st_size for file in folder.rglob("*") if file.is_file() and not file.is_symlink())


def _text(stream: object) -> str:
    stream.seek(0)  # type: ignore[attr-defined]
    return stream.read().decode(errors="replace")  # type: ignore[attr-defined]
