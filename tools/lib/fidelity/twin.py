# SPDX-License-Identifier: Apache-2.0
"""Many rounds of the two-host reproduction's small twin: the same verdict each time, nothing left behind."""

from __future__ import annotations

import os
import shutil
import statistics
import subprocess
import time
from dataclasses import dataclass, field
from pathlib import Path

from .comparison import compare
from .engines import Engines
from .envsnap import Envsnap, EnvsnapError
from .reading import Reader
from .remains import Capsule, Kinds, of_machine, of_project, of_store, settled
from .world import HOST_IMAGES, clean

PROJECT = "fid-twin"
REPLAY = "fid-twin-replay"


def twin_rounds(engines: Engines, envsnap: Envsnap, rounds: int) -> bool:
    """The running twin is captured, replayed, compared and taken down so many times."""
    engines.host_image("26")
    folder = engines.state / "projects" / PROJECT
    shutil.rmtree(folder, ignore_errors=True)
    shutil.copytree(engines.tools / "reproductions/twin", folder)
    # In a subnet of the family's, so that a twin of somebody else's may run beside it.
    for file in folder.rglob("docker-compose.yml"):
        file.write_text(file.read_text().replace("10.81.83.", "10.181.83."))
    try:
        _make(engines, folder, "up")
        return _Rounds(engines, envsnap).run(rounds)
    finally:
        clean(engines.outer.api, REPLAY)
        _make(engines, folder, "clean")


def _make(engines: Engines, folder: Path, target: str) -> None:
    environment = os.environ | {
        "COMPOSE_PROJECT_NAME": PROJECT, "ENVSNAP_TOOLS": str(engines.tools), "COMPOSE": "docker-compose"}
    done = subprocess.run(
        ["make", "-C", folder, target, f"FOO={engines.tools}/reproductions/foo"], env=environment,
        stdin=subprocess.DEVNULL, capture_output=True, text=True, timeout=300)
    if done.returncode != 0:
        raise RuntimeError(f"make {target} of the twin: {(done.stdout + done.stderr)[-800:]}")


@dataclass
class _Round:
    verdict: str = ""
    problems: list[str] = field(default_factory=list)
    seconds: float = 0


class _Rounds:
    """One original and one store; of the store's snapshots the newest stays, so that its layers need not be read again."""

    def __init__(self, engines: Engines, envsnap: Envsnap) -> None:
        self.outer, self.envsnap = engines.outer, envsnap
        self.address = f"unix://{engines.outer.api.socket_path}"
        self.before = of_project(self.outer, PROJECT)
        # Name and id of the snapshot that is in the store.
        self.kept: tuple[str, str] | None = None

    def run(self, rounds: int) -> bool:
        done = []
        for number in range(1, rounds + 1):
            started = time.monotonic()
            round = self._round(number)
            round.seconds = time.monotonic() - started
            done.append(round)
            print(f"round {number:>3}: {round.verdict}, {round.seconds:.1f} s", *round.problems, sep="\n    ", flush=True)
        problems = self._empty()
        failed = sum(bool(round.problems) for round in done)
        verdicts = {round.verdict for round in done}
        seconds = sorted(round.seconds for round in done)
        print(f"{rounds} rounds, {failed} failed, {len(verdicts)} different verdicts, seconds a round: {seconds[0]:.1f} at least, "
              f"{statistics.median(seconds):.1f} in the middle, {seconds[-1]:.1f} at most; the store afterwards: "
              f"{'; '.join(problems) or 'empty'}")
        return not failed and not problems and len(verdicts) == 1

    def _round(self, number: int) -> _Round:
        round = _Round()
        try:
            captured = Reader(self.outer, PROJECT).read()
            self._capture(f"{PROJECT}-{number}", round)
            capsule = self._replay(captured, round)
            if capsule:
                nothing: Kinds = {kind: set() for kind in capsule.remains()}
                round.problems += settled(capsule.remains, nothing)
            round.problems += settled(lambda: of_project(self.outer, PROJECT), self.before)
            round.problems += self._of_machine()
            round.problems += of_store(self.envsnap.store, {self.kept[1]} if self.kept else set())
        except Exception as error:  # noqa: BLE001 - one round must not end the others
            round.problems.append(f"{type(error).__name__}: {error}")
        return round

    def _capture(self, name: str, round: _Round) -> None:
        """Takes the place of the snapshot before it; what is the same in both stays in the store."""
        data = self.envsnap.capture(self.address, PROJECT, name)["data"]
        if not data["complete"]:
            round.problems.append(f"incomplete: {data['notCaptured']}")
        previous, self.kept = self.kept, (name, data["id"])
        if previous:
            self.envsnap.run(self.address, "rm", previous[0])
            self.envsnap.run(self.address, "gc")

    def _replay(self, captured: dict, round: _Round) -> Capsule | None:
        capsule = None
        try:
            options = ("--capsule-image", HOST_IMAGES["26"])
            answer = self.envsnap.replay(self.address, self.kept[0], REPLAY, *options)["data"]["verdict"]
            inspect = self.outer.api.get(f"/containers/envsnap-{REPLAY}/json")
            capsule = Capsule(self.outer.api, inspect)
            outcome = compare(captured, Reader(self.outer.inside(inspect).wait(), None).read())
            round.problems += [f"different: {finding}" for finding in outcome.different]
            # How many files the reader looked at is no part of it: logs and the like come and go.
            round.verdict = (f"exact {answer['exact']}, envsnap {answer['compared']}/{len(answer['different'])}, "
                             f"reader {len(outcome.different)} different")
        finally:
            self.envsnap.down(self.address, REPLAY)
        return capsule

    def _of_machine(self) -> list[str]:
        look = lambda: of_machine(self.envsnap.store, self.envsnap.temporary)  # noqa: E731
        return settled(look, {kind: set() for kind in look()})

    def _empty(self) -> list[str]:
        """What is wrong with the last snapshot, and what is left when it is removed as well."""
        try:
            self.envsnap.run(self.address, "check", "--read-data")
            if self.kept:
                self.envsnap.run(self.address, "rm", self.kept[0])
            self.envsnap.run(self.address, "gc")
        except EnvsnapError as error:
            return [str(error)]
        blobs = {entry.name for entry in (self.envsnap.store / "blobs/sha256").iterdir()}
        return of_store(self.envsnap.store, set()) + [f"blobs: {sorted(blobs)}"] * bool(blobs)
