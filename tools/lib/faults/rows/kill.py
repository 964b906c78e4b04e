# SPDX-License-Identifier: Apache-2.0
"""The process is killed at every call that changes something, and at random ones."""

from __future__ import annotations

import signal
import time

from ..board import Board
from ..envsnap import Done
from ..operation import Operation, Place
from ..oracle import judge
from ..result import Result
from ..watch import Watch

# More calls than any of the operations makes.
MOST = 5000


def run(board: Board) -> Result:
    result = Result(
        "kill", "SIGKILL at every call that changes a file of the store or of an export, and at random calls and moments",
        "the catalogue opens, committed snapshots verify, all or nothing, nothing left over after gc, a rerun succeeds",
        least=2000)
    operations = board.operations()
    budget = board.budget("kill", result.least)
    steps = {}
    for operation in operations:
        steps[operation.name] = _every(board, operation, result, board.stride)
        board.say(f"{operation.name}: {steps[operation.name]} steps")
    done = 0
    while not budget.is_spent(done):
        _random(board, board.random.choice(operations), steps, result, done)
        done += 1
    result.count("at random", done)
    return result


def _every(board: Board, operation: Operation, result: Result, stride: int) -> int:
    """Kills before each call in turn; gives the number of calls."""
    at = board.random.randint(1, stride)
    while at < MOST:
        place = board.place().refill(operation.template)
        done = board.envsnap.run(
            place.store, *place.words(operation), watch=Watch((place.folder,), at=at))
        _note(board, operation, place, done, f"before call {at}", result, gather_first=at % 2 == 0)
        if not done.was_killed:
            break
        result.count(operation.name)
        at += stride
    return at


def _random(board: Board, operation: Operation, steps: dict[str, int], result: Result, number: int) -> None:
    """Kills at a random call, in the middle of it or right after it, or at a random moment."""
    place = board.place().refill(operation.template)
    words = place.words(operation)
    if number % 3 == 2:
        pause = board.random.uniform(0, board.usual_seconds(operation))
        process = board.envsnap.start(place.store, *words)
        time.sleep(pause)
        process.send_signal(signal.SIGKILL)
        output, errors = process.communicate()
        done, where = Done(tuple(words), process.returncode, output, errors), f"after {pause * 1000:.1f} ms"
    else:
        at, after = board.random.randint(1, max(1, steps[operation.name])), number % 3 == 0
        done = board.envsnap.run(place.store, *words, watch=Watch((place.folder,), at=at, after=after))
        where = f"{'in' if after else 'before'} call {at}"
    _note(board, operation, place, done, where, result, gather_first=board.random.random() < 0.5)


def _note(
    board: Board, operation: Operation, place: Place, done: Done, where: str, result: Result, gather_first: bool
) -> None:
    result.points += 1
    order = "gc, rerun" if gather_first else "rerun, gc"
    if problems := judge(board.envsnap, operation, place, done, gather_first):
        result.fail(f"{operation.name}, {where} ({order})", problems)
        board.tell(result)
