# SPDX-License-Identifier: Apache-2.0
"""The command line of tools/fidelity."""

from __future__ import annotations

import argparse
import fcntl
import os
import shutil
import signal
import sys
import time
from pathlib import Path

from . import report
from .coverage import Coverage
from .engines import Engines
from .environments import Environment, family
from .envsnap import Envsnap
from .refusals import check_refusals
from .round import DIRECT, Result, Rounds
from .world import clean, clean_images

ENGINES = ("20.10", "26")
# With containerd's image store on both ends, and across the two kinds of store.
CONTAINERD = "26-containerd"
STORES = [(CONTAINERD, CONTAINERD), (CONTAINERD, "26"), ("20.10", CONTAINERD), ("26", CONTAINERD)]
UNTRIED = [
    "cgroup v2: the machine has cgroup v1. envsnap passes the fields that only v1 knows on as they are, and a field that "
    "is unset on both sides may differ.",
    "macvlan in a capsule: its parent interface is the machine's, and a capsule has none; `direct` has it. ipvlan, dummy and "
    "VLAN interfaces: this kernel has none.",
    "Bind propagation other than private: the machine's file systems are mounted private.",
    "SELinux and AppArmor labels, GPUs and other device requests, swarm's networks, plugins: none of them is here.",
    "Compose v2 in a capsule of engine 20.10: that host image has compose v1. What v1 made is checked with v1 on all pairs.",
    "Engine 29 and the API versions from 1.52 on: no package of it is at hand.",
]


def parse() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="tools/fidelity", description=(
        "Captures a family of environments, replays them on pairs of engines, and compares field by field with a reader "
        "of its own. Ends with 1 if anything differs that may not."))
    parser.add_argument("--list", action="store_true", help="print the environments and end")
    parser.add_argument("--quick", action="store_true", help="a representative slice, for tools/test")
    parser.add_argument("--only", nargs="+", metavar="NAME", help="these environments alone")
    parser.add_argument("--pair", action="append", metavar="A:B", help="captured on A, replayed on B; may be repeated")
    parser.add_argument("--planted", action="store_true", help="tamper with replays and check that it is found")
    parser.add_argument("--rounds", type=int, metavar="N", help="N rounds of the reproduction twin")
    parser.add_argument("--report", type=Path, metavar="FILE", help="write the scoreboard there")
    return parser.parse_args()


def chosen(arguments: argparse.Namespace) -> list[Environment]:
    environments = family()
    if arguments.only:
        unknown = set(arguments.only) - {e.name for e in environments}
        if unknown:
            raise SystemExit(f"fidelity: no environment {', '.join(sorted(unknown))}; --list names them")
        return [e for e in environments if e.name in arguments.only]
    return [e for e in environments if e.quick] if arguments.quick else environments


def pairs(arguments: argparse.Namespace) -> list[tuple[str, str]]:
    if arguments.pair:
        return [tuple(pair.split(":", 1)) for pair in arguments.pair]  # type: ignore[misc]
    if arguments.quick:
        return [("20.10", "26")]
    return [(a, b) for a in ENGINES for b in (*ENGINES, DIRECT)] + STORES


def scoreboard(arguments: argparse.Namespace, engines: Engines, envsnap: Envsnap) -> bool:
    coverage = Coverage(engines)
    rounds = Rounds(engines, envsnap, coverage)
    results: list[Result] = []
    environments = chosen(arguments)
    print(report.HEADER, flush=True)
    wanted = pairs(arguments)
    for environment in environments:
        for engine in dict.fromkeys(a for a, _ in wanted):
            capsules = [b for a, b in wanted if a == engine and applies(environment, a, b)]
            if not capsules:
                continue
            for result in rounds.run(environment, engine, capsules):
                results.append(result)
                print(report.line(result), *report.details(result), sep="\n", flush=True)
    print(report.totals(results, len(coverage.fields)))
    if arguments.report:
        report.write(arguments.report, report.document(results, sorted(coverage.fields), environments, UNTRIED))
    return all(result.passed for result in results)


def applies(environment: Environment, engine: str, capsule: str) -> bool:
    """Whether an environment is for a pair of engines; what is for an engine is for it with either store."""
    if CONTAINERD in (engine, capsule) and not environment.stores:
        return False
    if environment.captured_on and engine.partition("-")[0] not in environment.captured_on:
        return False
    if capsule == DIRECT:
        return environment.direct
    return environment.replayed_on is None or capsule.partition("-")[0] in environment.replayed_on


def main() -> int:
    arguments = parse()
    if arguments.list:
        for environment in family():
            print(f"{environment.name:<28} {environment.traps}")
        return 0
    if problems := check_refusals():
        raise SystemExit("\n".join(["fidelity: the rules of what may differ are too wide:", *problems]))
    state = Path(os.environ.get("ENVSNAP_FIDELITY_STATE", "/var/lib/envsnap-fidelity"))
    state.mkdir(parents=True, exist_ok=True)
    for number in (signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, lambda *_: sys.exit(130))
    lock = (state / "lock").open("w")
    try:
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        raise SystemExit(f"fidelity: another run uses {state}") from None
    tools = Path(os.environ["FIDELITY_TOOLS"])
    engines = Engines(state, tools)
    clean(engines.outer.api)
    clean_images(engines.outer.api)
    store = state / "store"
    shutil.rmtree(store, ignore_errors=True)
    envsnap = Envsnap(os.environ["ENVSNAP_BINARY"], store)
    started = time.monotonic()
    try:
        if arguments.planted:
            from .planted import planted
            passed = planted(engines, envsnap)
        elif arguments.rounds:
            from .twin import twin_rounds
            passed = twin_rounds(engines, envsnap, arguments.rounds)
        else:
            passed = scoreboard(arguments, engines, envsnap)
    except KeyboardInterrupt:
        return 130
    finally:
        engines.stop()
        clean(engines.outer.api)
        clean_images(engines.outer.api)
        for folder in (store, envsnap.temporary, state / "projects"):
            shutil.rmtree(folder, ignore_errors=True)
    print(f"{'passed' if passed else 'FAILED'} in {time.monotonic() - started:.0f} s")
    return 0 if passed else 1


if __name__ == "__main__":
    sys.exit(main())
