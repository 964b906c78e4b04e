# SPDX-License-Identifier: Apache-2.0
"""The command line of tools/bench."""

from __future__ import annotations

import argparse
import fcntl
import os
import signal
import sys
import time
from pathlib import Path

from fidelity.engine_api import EngineAPI
from fidelity.site import Site

from . import machine, profile, report
from .bench import HOST_IMAGE, Bench, engine_address
from .command import CommandError
from .envsnap import Envsnap
from .plot import Panel, svg
from .result import Result
from .rows import GROUPS, ROWS, SLOW
from .rows.growth import CURVES

DOCUMENT, PLOT = Path("docs/performance.md"), Path("docs/performance-growth.svg")


def parse() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="tools/bench", description=(
        "Measures envsnap against the plain way of keeping a reproduction, in turns in one run, prints the table and writes "
        "docs/performance.md. Ends with 1 if a target is not met."))
    parser.add_argument("--list", action="store_true", help="print the rows and end")
    parser.add_argument("--quick", action="store_true", help="one round of small sizes: to try the tool, not to judge envsnap")
    parser.add_argument("--only", nargs="+", metavar="ROW", help="these rows alone")
    parser.add_argument("--rounds", type=int, metavar="N", help="rounds of each way (5)")
    parser.add_argument("--files", type=int, metavar="N", help="files of the row many-files (1000000)")
    parser.add_argument("--report", type=Path, metavar="FILE", help=(
        "write the document there; without it a run of all rows writes docs/performance.md, and any other none"))
    parser.add_argument("--profile", action="store_true", help="write where the time of captures and a replay goes, and end")
    parser.add_argument("--keep", action="store_true", help="leave the reproduction running for the next run")
    return parser.parse_args()


def chosen(arguments: argparse.Namespace) -> set[str]:
    unknown = set(arguments.only or []) - set(ROWS)
    if unknown:
        raise SystemExit(f"bench: no row {', '.join(sorted(unknown))}; --list names them")
    if arguments.only:
        return set(arguments.only)
    if arguments.quick:
        print(f"bench: left out because of --quick: {', '.join(sorted(SLOW))}", file=sys.stderr)
        return set(ROWS) - SLOW
    return set(ROWS)


def measure(bench: Bench, wanted: set[str]) -> list[Result]:
    results: list[Result] = []
    for group in GROUPS:
        if wanted & set(group.rows):
            found = group.measure(bench, wanted & set(group.rows))
            results += found
            bench.say("so far:\n" + report.text(found))
    return results


def plot(root: Path) -> str | None:
    """Writes the curves of this run; the plot's place beside the document."""
    if not CURVES:
        return None
    panels = [Panel(row.removeprefix("growth-"), f"{curve.axis}{' [MB]' if curve.unit == 'MB' else ''}", curve.sizes,
                    curve.seconds) for row, curve in CURVES.items()]
    report.write(root / PLOT, svg(panels))
    return PLOT.name


def prepare(arguments: argparse.Namespace, tools: Path, state: Path) -> Bench:
    site = Site(EngineAPI(engine_address())).wait()
    return Bench(
        state=state, tools=tools, compose=os.environ["BENCH_COMPOSE"].split(),
        envsnap=Envsnap(os.environ["ENVSNAP_BINARY"], HOST_IMAGE), site=site,
        rounds=arguments.rounds or (1 if arguments.quick else 5), quick=arguments.quick, keep=arguments.keep,
        files=arguments.files or (5000 if arguments.quick else 1_000_000))


def benchmark(bench: Bench, arguments: argparse.Namespace, root: Path) -> int:
    results = measure(bench, chosen(arguments))
    print(report.text(results))
    target = arguments.report or (None if arguments.quick or arguments.only else root / DOCUMENT)
    if target:
        old = target.read_text() if target.exists() else ""
        report.write(target, report.document(
            results, machine.facts(bench), bench.rounds, bench.growth_rounds, plot(target.resolve().parent.parent), old))
        print(f"wrote {target}")
    missed = [result for result in results if result.met is False]
    print(f"{len(missed)} targets not met" if missed else "all targets met")
    return 1 if missed and not bench.quick else 0


def end(number: int, frame: object) -> None:
    """Ends with all cleaning up, which a second signal does not interrupt."""
    signal.signal(number, signal.SIG_IGN)
    sys.exit(130)


def main() -> int:
    arguments = parse()
    if arguments.list:
        for row, what in ROWS.items():
            print(f"{row:<20} {what}")
        return 0
    tools = Path(os.environ["BENCH_TOOLS"])
    state = Path(os.environ.get("ENVSNAP_BENCH_STATE", "/srv/envsnap-bench"))
    state.mkdir(parents=True, exist_ok=True)
    for number in (signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, end)
    lock = (state / "lock").open("w")
    try:
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        raise SystemExit(f"bench: another run uses {state}") from None
    started = time.monotonic()
    bench = prepare(arguments, tools, state)
    try:
        if arguments.profile:
            return profile.write(bench, arguments.report or tools.parent / DOCUMENT)
        return benchmark(bench, arguments, tools.parent)
    except CommandError as error:
        print(f"bench: {error}", file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        return 130
    finally:
        bench.say(f"{time.monotonic() - started:.0f} s")


if __name__ == "__main__":
    sys.exit(main())
