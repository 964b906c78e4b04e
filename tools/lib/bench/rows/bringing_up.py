# SPDX-License-Identifier: Apache-2.0
"""Bringing the two-host reproduction up: its Makefile against `envsnap up`, in turns, all images built before."""

from __future__ import annotations

import json
import shutil
import sys
from collections import defaultdict
from pathlib import Path

from ..bench import PREFIX, Bench
from ..command import CommandError, run, settle
from ..result import Result

ROWS = {
    "up": "bringing the reproduction up from nothing but its images",
    "up-again": "the same again, everything up",
}
PROJECT = PREFIX + "up"
SUBNET = "10.181.93"
SERVICES = [f"postgres:{SUBNET}.100:5432", f"http:{SUBNET}.100:80", f"redis:{SUBNET}.101:6379", f"http:{SUBNET}.101:80"]


def measure(bench: Bench, wanted: set[str]) -> list[Result]:
    folder = bench.state / "up"
    series: dict[str, list[float]] = defaultdict(list)
    _copy(bench, folder)
    try:
        # Builds the images.
        _make(bench, folder, "run")
        for number in range(1, bench.rounds + 1):
            bench.say(f"round {number} of {bench.rounds} of bringing up")
            for way, bring_up in (("make", _by_make), ("envsnap", _by_envsnap)):
                _make(bench, folder, "clean")
                for name in (way, f"{way} again"):
                    settle()
                    series[name].append(bring_up(bench, folder))
                _make(bench, folder, "test")
    finally:
        if not bench.keep:
            _make(bench, folder, "clean")
            shutil.rmtree(folder)
    against = "the reproduction's Makefile"
    results = [
        Result("up", ROWS["up"], "s", 1, series["envsnap"], series["make"], against),
        Result("up-again", ROWS["up-again"], "s", 1, series["envsnap again"], series["make again"], against),
    ]
    return [result for result in results if result.row in wanted]


def _copy(bench: Bench, folder: Path) -> None:
    if folder.exists():
        _make(bench, folder, "clean")
        shutil.rmtree(folder)
    shutil.copytree(bench.tools / "reproductions/foo", folder)
    for file in folder.rglob("docker-compose.yml"):
        file.write_text(file.read_text().replace("10.81.82.", f"{SUBNET}."))


def _by_make(bench: Bench, folder: Path) -> float:
    """It waits until the services answer."""
    return _make(bench, folder, "run")


def _by_envsnap(bench: Bench, folder: Path) -> float:
    seconds = _make(bench, folder, "foo-host-corge/.env")
    done = run([bench.envsnap.binary, "up", folder, "--json", "--progress", "none"], _environment(bench))
    data = json.loads(done.output)["data"]
    if len(data["hosts"]) != 2 or data["problems"]:
        raise CommandError(f"envsnap up did not bring up all: {data}")
    waited = run([sys.executable, "-B", "-m", "bench.health", *SERVICES], {"PYTHONPATH": str(bench.tools / "lib")})
    return seconds + done.seconds + waited.seconds


def _make(bench: Bench, folder: Path, target: str) -> float:
    return run(["make", "-C", folder, target], _environment(bench)).seconds


def _environment(bench: Bench) -> dict[str, str]:
    return {
        "COMPOSE_PROJECT_NAME": PROJECT, "ENVSNAP_TOOLS": str(bench.tools), "COMPOSE": " ".join(bench.compose),
        "DOCKER_BUILDKIT": "0"}
