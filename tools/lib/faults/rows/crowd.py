# SPDX-License-Identifier: Apache-2.0
"""Eight processes at once on one store, which are killed at random."""

from __future__ import annotations

import random
import shutil
import signal
import subprocess
import threading
import time
from pathlib import Path

from .. import store as looks
from ..board import Board
from ..bundles import Bundle, family
from ..envsnap import Done, Envsnap
from ..result import Result

WORKERS = 8
LEAST_SECONDS = 30 * 60
LOCKED = 11
MISSING = 10
# Nothing here takes a second; what takes so long waits for something that does not come.
PATIENCE = 120


class Worker(threading.Thread):
    """One user of the store: some snapshots are this one's alone, some everybody's."""

    def __init__(
        self, number: int, envsnap: Envsnap, store: Path, own: list[Bundle], shared: list[Bundle], seed: int,
        deadline: float,
    ) -> None:
        super().__init__(name=f"worker {number}")
        self.envsnap, self.store, self.own, self.shared = envsnap, store, own, shared
        self.random, self.deadline = random.Random(seed), deadline
        self.out = store.parent / f"out-{number}"
        self.out.mkdir()
        # Id -> whether it is in the store; None after a kill.
        self.there: dict[str, bool | None] = {bundle.id: False for bundle in own}
        self.problems: list[str] = []
        self.runs = self.kills = self.refusals = 0

    def run(self) -> None:
        steps = [self.take, self.take, self.remove, self.take_shared, self.remove_shared, self.gather, self.check, self.export]
        try:
            while time.monotonic() < self.deadline and not self.problems:
                self.random.choice(steps)()
                self.look()
        except Exception as error:  # noqa: BLE001 - a thread's exception would only be printed
            self.problems.append(f"{type(error).__name__}: {error}")

    def call(self, *words: str, fine: tuple[int, ...] = (0,), may_be_killed: bool = True) -> Done | None:
        """Runs a command, perhaps to be killed: None then, or where the store was locked."""
        self.runs += 1
        process = self.envsnap.start(self.store, *words)
        is_doomed = may_be_killed and self.random.random() < 0.3
        try:
            output, errors = process.communicate(timeout=self.random.uniform(0, 0.15) if is_doomed else PATIENCE)
        except subprocess.TimeoutExpired:
            process.send_signal(signal.SIGKILL)
            output, errors = process.communicate()
            if not is_doomed:
                self.problems.append(f"envsnap {' '.join(words)} hung for {PATIENCE} s")
            self.kills += 1
            return None
        done = Done(words, process.returncode, output, errors)
        if done.status == LOCKED:
            self.refusals += 1
            return None
        if done.status not in fine:
            self.problems.append(f"{done} ended with {done.status}: {errors.strip()[:400]}{output.strip()[:400]}")
        return done

    def take(self) -> None:
        bundle = self.random.choice(self.own)
        self.there[bundle.id] = True if self.call("import", str(bundle.file)) else None

    def remove(self) -> None:
        bundle = self.random.choice(self.own)
        done = self.call("rm", bundle.id, fine=(0, MISSING))
        if done and self.there[bundle.id] is not None and (done.status == 0) != self.there[bundle.id]:
            self.problems.append(f"rm of {bundle.name} ended with {done.status}, there: {self.there[bundle.id]}")
        self.there[bundle.id] = False if done else None

    def take_shared(self) -> None:
        self.call("import", str(self.random.choice(self.shared).file))

    def remove_shared(self) -> None:
        self.call("rm", self.random.choice(self.shared).id, fine=(0, MISSING))

    def gather(self) -> None:
        self.call("gc")

    def check(self) -> None:
        self.call("check", *self.random.choice([[], ["--read-data"]]))

    def export(self) -> None:
        bundle = self.random.choice(self.own)
        file = self.out / "bundle"
        file.unlink(missing_ok=True)
        done = self.call("export", bundle.id, "-o", str(file), "--include-secrets", fine=(0, MISSING))
        if done and self.there[bundle.id] is not None and (done.status == 0) != self.there[bundle.id]:
            self.problems.append(f"export of {bundle.name} ended with {done.status}, there: {self.there[bundle.id]}")

    def look(self) -> None:
        """What this one's snapshots are known to be is what ls says; after a kill it is learnt from it."""
        done = self.call("ls", may_be_killed=False)
        if not done or done.status != 0:
            return
        found = {snapshot["id"] for snapshot in done.data}
        for bundle in self.own:
            known = self.there[bundle.id]
            if known is not None and known != (bundle.id in found):
                self.problems.append(f"{bundle.name} is {'not ' if known else ''}there")
            self.there[bundle.id] = bundle.id in found


def run(board: Board) -> Result:
    seconds = board.seconds or (5 if board.quick else LEAST_SECONDS)
    result = Result(
        "crowd", f"{WORKERS} processes at once on one store, a third of them killed", "nothing lost, no deadlock, no false "
        "alarm; everyone's snapshots are as they left them", least=LEAST_SECONDS, unit="seconds")
    folder = board.folder / "crowd"
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir()
    store = folder / "store"
    shared = family(folder / "shared", 3, prefix="shared", size=3000)
    board.envsnap.fine(store, "ls")
    deadline = time.monotonic() + seconds
    workers = [
        Worker(number, board.envsnap, store, family(folder / f"own-{number}", 3, f"own-{number}-", size=2000 + number),
               shared, board.random.randrange(1 << 30), deadline)
        for number in range(WORKERS)]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join()
        result.fail(worker.name, worker.problems)
        result.count("commands", worker.runs)
        result.count("killed", worker.kills)
        result.count("refused because the store was locked", worker.refusals)
    result.points = int(seconds)
    result.fail("at the end", _end(board, store, workers))
    if result.failures:
        board.tell(result)
    return result


def _end(board: Board, store: Path, workers: list[Worker]) -> list[str]:
    problems = []
    for words in (("check", "--read-data"), ("gc",), ("check", "--read-data")):
        done = board.envsnap.run(store, *words)
        if done.status != 0:
            problems.append(f"{done} ended with {done.status}: {(done.output + done.errors).strip()[:400]}")
    found = board.envsnap.snapshots(store)
    for worker in workers:
        wrong = [id for id, there in worker.there.items() if there is not None and there != (id in found)]
        problems += [f"{id[:12]} of {worker.name} is not as it was left" for id in wrong]
    return problems + looks.problems(store)
