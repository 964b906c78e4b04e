# SPDX-License-Identifier: Apache-2.0
"""Capture, replay, reset and down on a real engine are killed, or refused, at every call and every request."""

from __future__ import annotations

import itertools
import shutil
from pathlib import Path
from typing import Callable, Iterator

from ..aftermath import CAPTURE, CHANGED, DIFFERS, FIRST, REPLAYS, Aftermath
from ..board import Board
from ..envsnap import Done, Unexpected
from ..project import REPLAY, Project
from ..result import Budget, Result
from ..watch import ERRORS, Watch, read

MOST = 5000


class Live:
    """The operations that need an engine; each gives whether the fault happened, and the problems after it."""

    def __init__(self, board: Board) -> None:
        self.board, self.envsnap = board, board.envsnap
        self.project = Project(board.folder / "project")
        self.template = board.folder / "captured"
        self.log = board.folder / "live.log"
        # The live store of replays, which know where it lies.
        self.place = board.place("live")
        self.store = self.place.store
        self.after = Aftermath(self.envsnap, self.project, self.store)

    def set_up(self) -> None:
        """One capture, from which all begin: so that a second one knows the trees."""
        shutil.rmtree(self.template, ignore_errors=True)
        self.project.up()
        self.envsnap.fine(self.template / "store", *FIRST, statuses=(0, CHANGED))

    def watch(self, store: Path, at: int, error: str | None, after: bool) -> Watch:
        self.log.unlink(missing_ok=True)
        return Watch((store.parent,), at=at, error=error, after=after, opens=bool(error), requests=True, log=self.log)

    def was_hit(self, done: Done, error: str | None) -> bool:
        return any(call.kind == "fault" for call in read(self.log)) if error else done.was_killed

    def capture(self, at: int, error: str | None, after: bool) -> tuple[bool, list[str]]:
        place = self.board.place().refill(self.template)
        before = self.envsnap.snapshots(place.store)
        done = self.envsnap.run(place.store, *CAPTURE, watch=self.watch(place.store, at, error, after))
        was_hit = self.was_hit(done, error)
        return was_hit, Aftermath(self.envsnap, self.project, place.store).of_capture(done, before, at % 2 == 1)

    def replay(self, at: int, error: str | None, after: bool) -> tuple[bool, list[str]]:
        self._live()
        done = self.envsnap.run(self.store, *REPLAYS, watch=self.watch(self.store, at, error, after))
        return self.was_hit(done, error), self.after.of_replay(done)

    def down(self, at: int, error: str | None, after: bool) -> tuple[bool, list[str]]:
        self._live()
        self.envsnap.fine(self.store, *REPLAYS, statuses=(0, DIFFERS))
        done = self.envsnap.run(self.store, "down", REPLAY, watch=self.watch(self.store, at, error, after))
        was_hit = self.was_hit(done, error)
        problems = done.problems() + self.after.whole()
        if done.status == 0 and (left := self.project.of_replay()):
            problems.append(f"success was claimed, and there are {left}")
        return was_hit, problems + self.after.removed()

    def reset(self, at: int, error: str | None, after: bool) -> tuple[bool, list[str]]:
        if not self.store.exists() or not self.project.replayed():
            self._live()
            self.envsnap.fine(self.store, *REPLAYS, statuses=(0, DIFFERS))
        self.project.spoil()
        done = self.envsnap.run(self.store, "reset", REPLAY, watch=self.watch(self.store, at, error, after))
        was_hit = self.was_hit(done, error)
        problems = done.problems() + self.after.whole()
        again = self.envsnap.run(self.store, "reset", REPLAY)
        if again.status not in (0, DIFFERS):
            problems.append(f"{again}, run again, ended with {again.status}: {again.errors.strip()[:400]}")
        # A direct replay differs in where its files lie; files of their own are compared with --data.
        verify = self.envsnap.run(self.store, "verify", REPLAY, "--data")
        if verify.status not in (0, DIFFERS) or any(d["object"].startswith("files") for d in verify.data["different"]):
            problems.append(f"after a reset verify ended with {verify.status}: {verify.output[:600]}")
        if problems:
            problems += self.after.removed()
        return was_hit, problems

    def _live(self) -> None:
        self.project.down()
        self.place.refill(self.template)

    def tear_down(self) -> None:
        if self.store.exists():
            self.envsnap.run(self.store, "down", REPLAY)
        self.project.down()


Try = Callable[[int, "str | None", bool], "tuple[bool, list[str]]"]


# What happens at a call: its name, the error it fails with (none: the process is killed), and whether after it.
Mode = tuple[str, "str | None", bool]
KILLS: list[Mode] = [("killed before", None, False), ("killed in or after", None, True)]
REFUSALS: list[Mode] = [(error, error, False) for error in ERRORS]
PASSES = (
    "as without an engine; nothing stays paused after doctor or another capture; after down nothing is left on the engine")


def kill(board: Board) -> Result:
    result = Result(
        "live-kill", "SIGKILL of capture, replay, down and reset on a real engine: at, in and right after every call and "
        "every request that changes something", PASSES, unit="calls")
    return _run(board, result, KILLS)


def refuse(board: Board) -> Result:
    result = Result(
        "live-errors", "EIO, ENOSPC, EMFILE and EACCES at each call of capture, replay, down and reset on a real engine",
        PASSES, unit="calls × errors")
    return _run(board, result, REFUSALS)


def _run(board: Board, result: Result, modes: list[Mode]) -> Result:
    live = Live(board)
    budget = board.budget(result.row, MOST * len(modes))
    try:
        for mode in [board.random.choice(modes)] if board.quick else modes:
            for name, attempt in _attempts(live):
                if board.quick:
                    _once(board, name, attempt, mode, result)
                else:
                    _each(board, name, attempt, mode, result, budget)
    finally:
        live.tear_down()
    return result


def _attempts(live: Live) -> Iterator[tuple[str, Try]]:
    live.set_up()
    yield "capture", live.capture
    # The project goes: a direct replay has its names.
    yield "replay", live.replay
    yield "down", live.down
    yield "reset", live.reset


def _once(board: Board, name: str, attempt: Try, mode: Mode, result: Result) -> None:
    """One fault somewhere in it; fewer calls than any of them makes."""
    what, error, after = mode
    at = board.random.randint(1, 40)
    result.points += 1
    result.count(name)
    if problems := attempt(at, error, after)[1]:
        result.fail(f"{name}, {what}, call {at}", problems)
        board.tell(result)


def _each(board: Board, name: str, attempt: Try, mode: Mode, result: Result, budget: Budget) -> None:
    what, error, after = mode
    tried = 0
    for at in itertools.islice(itertools.count(1), MOST):
        if budget.is_spent(result.points):
            result.is_cut_off = True
            return board.say(f"{name}, {what}: cut off after {tried} calls")
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
