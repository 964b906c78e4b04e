# SPDX-License-Identifier: Apache-2.0
"""The power fails: what was not synchronised is lost, or half there, or there."""

from __future__ import annotations

import math
import shutil
import signal

from ..board import Board
from ..disk import Chance, Choice, Disk, Everything, Image, Nothing, digest, write
from ..envsnap import Done
from ..operation import Operation
from ..oracle import judge
from ..result import Result
from ..watch import Call, Watch, read

# Random states of one moment that may be those of another before the next moment's turn comes.
TRIES = 4
# Of the states that are asked for, so many more are made up: a third is like another one.
SURPLUS = 1.6


def run(board: Board) -> Result:
    result = Result(
        "power", "the power fails between any two calls; unsynchronised data is dropped, torn or kept",
        "what was reported is durable; the rest as after a kill", least=2000, unit="states of the disk")
    recorded = [_record(board, operations) for operations in board.scenarios()]
    moments = sum(len(calls) + 1 for _, parts in recorded for _, calls in parts)
    budget = board.budget("power", result.least)
    each = max(2, math.ceil(budget.points * SURPLUS / moments))
    for disk, parts in recorded:
        _replay(board, disk, parts, each, result)
        board.say(f"{', '.join(operation.name for operation, _ in parts)}: {result.points} states so far")
    result.count("moments", moments)
    return result


Part = tuple[Operation, list[Call]]


def _record(board: Board, operations: list[Operation]) -> tuple[Disk, list[Part]]:
    """Runs operations one after another on one disk; gives the disk as it was, and what they did to it."""
    place = board.place("recorded").refill(operations[0].template)
    disk = Disk(place.folder)
    parts = []
    for operation in operations:
        log = board.folder / "record.log"
        log.unlink(missing_ok=True)
        done = board.envsnap.run(
            place.store, *place.words(operation), watch=Watch((place.folder,), log=log, data=True))
        if done.status != 0:
            raise RuntimeError(f"{done} ended with {done.status}: {done.errors}")
        parts.append((operation, read(log)))
    return disk, parts


def _replay(board: Board, disk: Disk, parts: list[Part], each: int, result: Result) -> None:
    seen: set[tuple[str, bool]] = set()
    for operation, calls in parts:
        was_said = False
        for number in range(len(calls) + 1):
            is_looked_at = not board.quick or number == len(calls) or board.random.random() < 1 / board.stride / 2
            for choice in _choices(board, each) if is_looked_at else []:
                image = disk.image(choice)
                name = digest(image)
                if (name, was_said) in seen:
                    continue
                seen.add((name, was_said))
                _look(board, operation, image, was_said, f"{operation.name}, before call {number + 1} of {len(calls)}, "
                      f"{type(choice).__name__.lower()}", result)
            if number < len(calls):
                disk.do(calls[number])
                was_said = was_said or calls[number].kind == "said"


def _choices(board: Board, each: int) -> list[Choice]:
    return [Nothing(), Everything(), *(Chance(board.random) for _ in range((each - 2) * TRIES // 2))]


def _look(board: Board, operation: Operation, image: Image, was_said: bool, where: str, result: Result) -> None:
    place = board.place()
    shutil.rmtree(place.folder, ignore_errors=True)
    write(image, place.folder)
    done = Done(operation.words, 0 if was_said else -signal.SIGKILL, "", "")
    result.points += 1
    result.count(operation.name)
    if problems := judge(board.envsnap, operation, place, done, gather_first=board.random.random() < 0.5):
        result.fail(f"{where}{' (reported)' if was_said else ''}", problems)
        board.tell(result)
