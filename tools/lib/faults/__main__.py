# SPDX-License-Identifier: Apache-2.0
"""The command line of tools/faults."""

from __future__ import annotations

import argparse
import os
import random
import shutil
import signal
import sys
import tempfile
import time
from pathlib import Path

from . import report
from .board import Board
from .daemon import Daemon
from .envsnap import Envsnap
from .project import is_running
from .result import Result
from .rows import LONG, ROWS, WITH_ENGINE
from .watch import build

DOCUMENT = Path("docs/reliability.md")


def parse() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="tools/faults", description=(
        "Kills, fails and damages envsnap and its stores, looks at what is left, prints the scoreboard and writes "
        "docs/reliability.md. Ends with 1 if anything failed."))
    parser.add_argument("--list", action="store_true", help="print the rows and end")
    parser.add_argument("--quick", action="store_true", help="a slice of each row, for tools/test")
    parser.add_argument("--only", nargs="+", metavar="ROW", help="these rows alone")
    parser.add_argument("--points", type=int, metavar="N", help="N points of each row that is counted")
    parser.add_argument("--seconds", type=float, metavar="N", help=(
        "at most about N seconds of each row; the length of crowd; of fuzz, the processor seconds of all runs"))
    parser.add_argument("--seed", type=int, metavar="N", help="the seed of a run whose faults are to come again")
    parser.add_argument("--keep", action="store_true", help="leave the stores for a look at them")
    parser.add_argument("--report", type=Path, metavar="FILE", help=(
        "write the document there, and the figures beside it as JSON; a run of all rows writes docs/reliability.md, and any "
        "other none"))
    parser.add_argument("--join", nargs="+", type=Path, metavar="FILE", help=(
        "run nothing, and make the document of the figures that runs of rows by themselves wrote"))
    return parser.parse_args()


def chosen(arguments: argparse.Namespace) -> list[str]:
    unknown = set(arguments.only or []) - set(ROWS)
    if unknown:
        raise SystemExit(f"faults: no row {', '.join(sorted(unknown))}; --list names them")
    rows = [row for row in ROWS if not arguments.only or row in arguments.only]
    if arguments.quick:
        for row in sorted(LONG.keys() & set(rows)):
            print(f"faults: left out of a quick run: {row}; {LONG[row]}", file=sys.stderr)
            rows.remove(row)
    if not is_running() and (left_out := WITH_ENGINE & set(rows)):
        print(f"faults: left out, since no engine answers: {', '.join(left_out)}", file=sys.stderr)
        rows = [row for row in rows if row not in left_out]
    if "engine" in rows and (lack := Daemon.lacks()):
        print(f"faults: left out, since {lack} here: engine", file=sys.stderr)
        rows.remove("engine")
    return rows


def scoreboard(board: Board, rows: list[str], seed: int) -> list[Result]:
    results: list[Result] = []
    for row in rows:
        started = time.monotonic()
        try:
            result = ROWS[row](board)
        except Exception as error:  # noqa: BLE001 - one row must not end the others
            result = Result(row, "the row itself", "", 0, failures=[f"{type(error).__name__}: {error}"])
            if board.quick:
                raise
        result.seconds, result.seed = time.monotonic() - started, seed
        results.append(result)
        print(report.line(result), flush=True)
    return results


def join(files: list[Path], target: Path) -> int:
    """Makes one scoreboard of rows that were run by themselves, side by side or one after another."""
    results, facts, when = report.read(files)
    print(report.text(results))
    report.save(results, target, facts, when)
    print(f"wrote {target}")
    return 0 if all(result.passed for result in results) else 1


def main() -> int:
    arguments = parse()
    if arguments.list:
        print("\n".join(ROWS))
        return 0
    if arguments.join:
        return join(arguments.join, arguments.report or Path(__file__).parents[3] / DOCUMENT)
    for number in (signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, lambda *_: sys.exit(130))
    rows = chosen(arguments)
    seed = arguments.seed if arguments.seed is not None else random.SystemRandom().randrange(1 << 31)
    # On a real disk: /tmp may be in memory.
    folder = Path(tempfile.mkdtemp(prefix="faults-", dir=os.environ.get("ENVSNAP_FAULTS_STATE", "/var/tmp")))
    root = Path(os.environ["FAULTS_TOOLS"]).parent
    started = time.monotonic()
    try:
        envsnap = Envsnap(os.environ["ENVSNAP_BINARY"], build(folder), folder / "temporary")
        board = Board(
            envsnap, root, folder, random.Random(seed), quick=arguments.quick, points=arguments.points,
            seconds=arguments.seconds)
        results = scoreboard(board, rows, seed)
        print(report.text(results))
        if target := arguments.report or (None if arguments.quick or arguments.only else root / DOCUMENT):
            facts, when = report.machine(board.envsnap.binary, folder), time.strftime("%Y-%m-%d")
            report.save(results, target, facts, when)
            if arguments.report:
                target.with_suffix(".json").write_text(report.data(results, facts, when))
            print(f"wrote {target}")
    except KeyboardInterrupt:
        return 130
    finally:
        if not arguments.keep:
            shutil.rmtree(folder, ignore_errors=True)
    passed = all(result.passed for result in results)
    print(f"{'passed' if passed else 'FAILED'} in {time.monotonic() - started:.0f} s, seed {seed}, "
          f"{envsnap.calls} commands" + (f"; kept {folder}" if arguments.keep else ""))
    return 0 if passed else 1


if __name__ == "__main__":
    sys.exit(main())
