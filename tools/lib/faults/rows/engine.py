# SPDX-License-Identifier: Apache-2.0
"""Capture, replay, reset and down on a real engine are killed, or refused, at every call and every request."""

from __future__ import annotations

import itertools
import shutil
from pathlib import Path
from typing import Callable, Iterator

from .. import store as looks
from ..board import Board
from ..envsnap import Done, Unexpected
from ..project import REPLAY, Project
from ..result import Result
from ..watch import ERRORS, Watch, read

MOST = 5000
DIFFERS = 3
MISSING = 10
TAKEN = 1


class Engine:
    """The operations that need an engine; each gives the problems after one fault."""

    def __init__(self, board: Board) -> None:
        self.board, self.envsnap = board, board.envsnap
        self.project = Project(board.folder / "project")
        self.template = board.folder / "captured"
        self.log = board.folder / "engine.log"
        # The live store of replays, which know where it lies.
        self.store = board.folder / "live" / "store"

    def set_up(self) -> None:
        """One capture, from which all begin: so that a second one knows the trees."""
        self.project.up()
        self.envsnap.fine(self.template / "store", "capture", self.project.project, "--name", "first", statuses=(0, 4))

    def watch(self, store: Path, at: int, error: str | None, after: bool) -> Watch:
        self.log.unlink(missing_ok=True)
        return Watch((store.parent,), at=at, error=error, after=after, opens=bool(error), requests=True, log=self.log)

    def was_hit(self, done: Done, error: str | None) -> bool:
        return any(call.kind == "fault" for call in read(self.log)) if error else done.was_killed

    # Capture

    def capture(self, at: int, error: str | None, after: bool) -> tuple[bool, list[str]]:
        place = self.board.place().refill(self.template)
        before = self.envsnap.snapshots(place.store)
        words = ("capture", self.project.project, "--name", "second")
        done = self.envsnap.run(place.store, *words, watch=self.watch(place.store, at, error, after))
        was_hit = self.was_hit(done, error)
        problems = done.problems()
        # What every user does next: look what is wrong, or capture again.
        if at % 2:
            self.envsnap.run(place.store, "doctor")
        else:
            self.envsnap.run(place.store, *words)
        if paused := self.project.paused():
            problems.append(f"paused: {paused}")
        found = self.envsnap.snapshots(place.store)
        if not before <= found or len(found - before) > 1:
            problems.append(f"snapshots {len(before)} before, {len(found)} after")
        if done.status in (0, 4) and found == before:
            problems.append("success was claimed of what is not there")
        problems += self._whole(place.store)
        self.envsnap.fine(place.store, *words, statuses=(0, 4, TAKEN) if found != before else (0, 4))
        self.envsnap.fine(place.store, "gc")
        return was_hit, problems + self._whole(place.store) + looks.problems(place.store)

    # Replays

    def replay(self, at: int, error: str | None, after: bool) -> tuple[bool, list[str]]:
        self._live()
        done = self.envsnap.run(self.store, *self._replay_words, watch=self.watch(self.store, at, error, after))
        was_hit = self.was_hit(done, error)
        problems = done.problems() + self._whole(self.store)
        if done.status in (0, DIFFERS) and not self.project.replayed():
            problems.append("success was claimed of what is not there")
        return was_hit, problems + self._removed() + self._replays_and_goes()

    def down(self, at: int, error: str | None, after: bool) -> tuple[bool, list[str]]:
        self._live()
        self.envsnap.fine(self.store, *self._replay_words, statuses=(0, DIFFERS))
        done = self.envsnap.run(self.store, "down", REPLAY, watch=self.watch(self.store, at, error, after))
        was_hit = self.was_hit(done, error)
        problems = done.problems() + self._whole(self.store)
        if done.status == 0 and (left := self.project.of_replay()):
            problems.append(f"success was claimed, and there are {left}")
        return was_hit, problems + self._removed()

    def reset(self, at: int, error: str | None, after: bool) -> tuple[bool, list[str]]:
        if not self.store.exists() or not self.project.replayed():
            self._live()
            self.envsnap.fine(self.store, *self._replay_words, statuses=(0, DIFFERS))
        self.project.spoil()
        done = self.envsnap.run(self.store, "reset", REPLAY, watch=self.watch(self.store, at, error, after))
        was_hit = self.was_hit(done, error)
        problems = done.problems() + self._whole(self.store)
        again = self.envsnap.run(self.store, "reset", REPLAY)
        if again.status not in (0, DIFFERS):
            problems.append(f"{again}, run again, ended with {again.status}: {again.errors.strip()[:400]}")
        # A direct replay differs in where its files lie; files of their own are compared with --data.
        verify = self.envsnap.run(self.store, "verify", REPLAY, "--data")
        if verify.status not in (0, DIFFERS) or any(d["object"].startswith("files") for d in verify.data["different"]):
            problems.append(f"after a reset verify ended with {verify.status}: {verify.output[:600]}")
        if problems:
            problems += self._removed()
        return was_hit, problems

    @property
    def _replay_words(self) -> tuple[str, ...]:
        return "replay", "first", "--as", REPLAY, "--direct"

    def _live(self) -> None:
        self.project.down()
        shutil.rmtree(self.store.parent, ignore_errors=True)
        shutil.copytree(self.template, self.store.parent, symlinks=True)

    def _removed(self) -> list[str]:
        """down removes what is left of a replay, whatever that is."""
        down = self.envsnap.run(self.store, "down", REPLAY)
        problems = [] if down.status in (0, MISSING) else [f"{down} ended with {down.status}: {down.errors.strip()[:400]}"]
        if left := self.project.of_replay():
            problems.append(f"left on the engine: {left}")
            self.project.down()
        return problems + self._gathered()

    def _replays_and_goes(self) -> list[str]:
        again = self.envsnap.run(self.store, *self._replay_words)
        if again.status not in (0, DIFFERS):
            return [f"{again}, run again, ended with {again.status}: {again.errors.strip()[:400]}"]
        return self._removed()

    def _gathered(self) -> list[str]:
        gc = self.envsnap.run(self.store, "gc")
        if gc.status != 0:
            return [f"{gc} ended with {gc.status}: {gc.errors.strip()[:400]}"]
        return self._whole(self.store) + looks.problems(self.store)

    def _whole(self, store: Path) -> list[str]:
        check = self.envsnap.run(store, "check", "--read-data")
        if check.status == 0:
            return []
        return [f"check ended with {check.status}: {(check.output + check.errors).strip()[:400]}"]

    def tear_down(self) -> None:
        if self.store.exists():
            self.envsnap.run(self.store, "down", REPLAY)
        self.project.down()


Try = Callable[[int, "str | None", bool], "tuple[bool, list[str]]"]


def run(board: Board) -> Result:
    result = Result(
        "engine", "capture, replay, down and reset on a real engine: killed at, in and right after every call and every "
        "request that changes something, and refused each call with EIO, ENOSPC, EMFILE and EACCES",
        "as without an engine; nothing stays paused after doctor or another capture; after down nothing is left on the engine",
        least=0, unit="calls")
    engine = Engine(board)
    try:
        engine.set_up()
        for name, attempt in _attempts(engine):
            if board.quick:
                _once(board, name, attempt, result)
            else:
                _each(board, name, attempt, result)
    finally:
        engine.tear_down()
    result.least = result.points
    return result


def _attempts(engine: Engine) -> Iterator[tuple[str, Try]]:
    yield "capture", engine.capture
    # The project goes: a direct replay has its names.
    yield "replay", engine.replay
    yield "down", engine.down
    yield "reset", engine.reset


def _once(board: Board, name: str, attempt: Try, result: Result) -> None:
    """One kill somewhere in it; fewer calls than any of them makes."""
    at = board.random.randint(1, 40)
    result.points += 1
    result.count(name)
    if problems := attempt(at, None, True)[1]:
        result.fail(f"{name}, killed in or after, call {at}", problems)
        board.tell(result)


def _each(board: Board, name: str, attempt: Try, result: Result) -> None:
    modes: list[tuple[str, str | None, bool]] = [("killed before", None, False), ("killed in or after", None, True)]
    modes += [(error, error, False) for error in ERRORS]
    for what, error, after in modes:
        tried = 0
        for at in itertools.islice(itertools.count(1), MOST):
            try:
                was_hit, problems = attempt(at, error, after)
            except Unexpected as unexpected:
                was_hit, problems = True, [str(unexpected)]
            if not was_hit and not problems:
                break
            tried += 1
            result.points += 1
            result.count(f"{name}, {what}")
            if problems:
                result.fail(f"{name}, {what}, call {at}", problems)
                board.tell(result)
        board.say(f"{name}, {what}: {tried} calls")
