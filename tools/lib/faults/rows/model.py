# SPDX-License-Identifier: Apache-2.0
"""Random sequences of commands, held against a simple model of the store."""

from __future__ import annotations

import random
import shutil
from dataclasses import dataclass, field
from pathlib import Path
from typing import Callable

from .. import store as looks
from ..board import Board
from ..bundles import Bundle, archive, digest, family, make
from ..envsnap import Done, Envsnap
from ..result import Result

MISSING = 10
LENGTH = 7


@dataclass
class Model:
    """What a store should hold: a few sets."""

    # Id -> name, or None where the name was taken.
    snapshots: dict[str, str | None] = field(default_factory=dict)
    blobs: set[str] = field(default_factory=set)


class Sequence:
    """One sequence on a store of its own."""

    def __init__(
        self, envsnap: Envsnap, folder: Path, bundles: list[Bundle], exported: dict[str, str], source: random.Random
    ) -> None:
        self.envsnap, self.folder, self.bundles, self.random = envsnap, folder, bundles, source
        self.store = folder / "store"
        # What a snapshot's bundle is: the same bytes whenever it is made.
        self.exported = exported
        self.by_id = {bundle.id: bundle for bundle in bundles}
        self.model = Model()
        self.history: list[str] = []

    def run(self) -> list[str]:
        shutil.rmtree(self.folder, ignore_errors=True)
        self.folder.mkdir()
        steps: list[Callable[[], str | None]] = [
            self.take, self.take, self.take, self.remove, self.remove, self.forget, self.gather, self.show, self.export,
            self.check]
        for _ in range(LENGTH):
            if problem := self.random.choice(steps)() or self.list():
                return [f"{problem} after {'; '.join(self.history)}"]
        return [f"{problem} after {'; '.join(self.history)}" for problem in looks.problems(self.store, gathered=False)]

    def call(self, *words: str) -> Done:
        self.history.append(" ".join(Path(word).name for word in words))
        return self.envsnap.run(self.store, *words)

    def take(self) -> str | None:
        bundle = self.random.choice(self.bundles)
        was_present = bundle.id in self.model.snapshots
        done = self.call("import", str(bundle.file))
        if not was_present:
            is_free = bundle.name not in self.model.snapshots.values()
            self.model.snapshots[bundle.id] = bundle.name if is_free else None
            self.model.blobs |= bundle.blobs
        expected = {"id": bundle.id, "wasPresent": was_present, "name": self.model.snapshots[bundle.id]}
        return self._answer(done, {key: done.data.get(key) for key in expected} if done.status == 0 else None, expected)

    def remove(self) -> str | None:
        bundle = self.random.choice(self.bundles)
        is_there = bundle.id in self.model.snapshots
        name = self.model.snapshots.get(bundle.id)
        done = self.call("rm", self.random.choice([bundle.id, bundle.id[:12], name or bundle.id]))
        if not is_there:
            return None if done.status == MISSING else f"rm of what is not there ended with {done.status}: {done.errors}"
        del self.model.snapshots[bundle.id]
        return self._answer(done, done.data if done.status == 0 else None, {"removed": [bundle.id]})

    def forget(self) -> str | None:
        count = self.random.randint(1, 3)
        removed = set()
        for project in {bundle.project for bundle in self.bundles}:
            of_project = [self.by_id[id] for id in self.model.snapshots if self.by_id[id].project == project]
            of_project.sort(key=lambda bundle: bundle.captured_at, reverse=True)
            removed |= {bundle.id for bundle in of_project[count:]}
        done = self.call("forget", "--keep-last", str(count))
        for id in removed:
            del self.model.snapshots[id]
        return self._answer(done, set(done.data["removed"]) if done.status == 0 else None, removed)

    def gather(self) -> str | None:
        needed = set().union(*(self.by_id[id].blobs for id in self.model.snapshots))
        doomed = self.model.blobs - needed
        is_dry = self.random.random() < 0.3
        done = self.call("gc", *(["--dry-run"] if is_dry else []))
        if not is_dry:
            self.model.blobs = needed
        return self._answer(done, done.data["blobs"] if done.status == 0 else None, len(doomed))

    def show(self) -> str | None:
        bundle = self.random.choice(self.bundles)
        done = self.call("show", bundle.id)
        if bundle.id not in self.model.snapshots:
            return None if done.status == MISSING else f"show of what is not there ended with {done.status}"
        return None if done.status == 0 and bundle.captured_at in done.output else f"show ended with {done.status}"

    def export(self) -> str | None:
        bundle = self.random.choice(self.bundles)
        file = self.folder / "bundle"
        file.unlink(missing_ok=True)
        done = self.call("export", bundle.id, "-o", str(file), "--include-secrets")
        if bundle.id not in self.model.snapshots:
            return None if done.status == MISSING else f"export of what is not there ended with {done.status}"
        if done.status != 0:
            return f"export ended with {done.status}: {done.errors}"
        content = digest(file.read_bytes())
        expected = self.exported.setdefault(bundle.id, content)
        return None if content == expected else f"the bundle of {bundle.name} is another one than before"

    def check(self) -> str | None:
        done = self.call("check", "--read-data")
        return self._answer(done, done.data["snapshots"] if done.status == 0 else None, len(self.model.snapshots))

    def list(self) -> str | None:
        done = self.envsnap.run(self.store, "ls")
        found = {s["id"]: s.get("name") for s in done.data} if done.status == 0 else None
        files = {file.name for file in (self.store / "blobs/sha256").iterdir()}
        if files != self.model.blobs:
            return f"blobs: {len(files)} files, {len(self.model.blobs)} expected"
        return self._answer(done, found, self.model.snapshots)

    @staticmethod
    def _answer(done: Done, found: object, expected: object) -> str | None:
        if done.status != 0:
            return f"{done} ended with {done.status}: {done.errors.strip()[:300]}"
        return None if found == expected else f"{done}: {found}, expected {expected}"


def run(board: Board) -> Result:
    result = Result(
        "model", f"random sequences of {LENGTH} commands (import, rm, forget, gc, show, export, check) and ls after each",
        "every answer and every file as in a model of a few sets", least=5000, unit="sequences")
    bundles = family(board.folder / "bundles-model", 8, prefix="model", projects=2, size=900)
    # Two that want one name.
    twins = board.folder / "bundles-twin"
    twins.mkdir()
    bundles += [make(twins, 20, "model0", [archive(7, 500)], "project0"), make(twins, 21, "model1", [], "project1")]
    budget, exported = board.budget("model", result.least), {}  # type: ignore[var-annotated]
    while not budget.is_spent(result.points):
        sequence = Sequence(board.envsnap, board.folder / "sequence", bundles, exported, board.random)
        problems = sequence.run()
        result.points += 1
        for words in sequence.history:
            result.count(words.split()[0])
        if problems:
            result.fail(f"sequence {result.points}", problems)
            board.tell(result)
        if result.points % 500 == 0:
            board.say(f"{result.points} sequences")
    return result
