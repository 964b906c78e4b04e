# SPDX-License-Identifier: Apache-2.0
"""Every call in turn fails with EIO, ENOSPC, EMFILE and EACCES."""

from __future__ import annotations

from ..board import Board
from ..envsnap import Done
from ..operation import Operation
from ..oracle import judge
from ..result import Result
from ..watch import ERRORS, Watch, read

MOST = 5000
# What a message or its hint says of what to do about a full disk.
ADVICE = ("envsnap gc", "envsnap rm", "free some", "write it elsewhere")


def run(board: Board) -> Result:
    result = Result(
        "errors", "EIO, ENOSPC, EMFILE and EACCES at each call that opens or changes a file",
        "a clear error or success, none claimed of what is not there; what a full disk needs is said; state as after a kill",
        unit="calls × errors")
    for operation in board.operations():
        for error in ERRORS:
            calls = _every(board, operation, error, result)
            result.count(f"{operation.name}, {error}", calls)
        board.say(f"{operation.name}: {calls} calls, {len(result.failures)} failures so far")
    return result


def _every(board: Board, operation: Operation, error: str, result: Result) -> int:
    stride = board.stride * 6 if board.quick else 1
    calls, at = 0, board.random.randint(1, stride)
    while at < MOST:
        place = board.place().refill(operation.template)
        log = board.folder / "errors.log"
        log.unlink(missing_ok=True)
        done = board.envsnap.run(
            place.store, *place.words(operation),
            watch=Watch((place.folder,), at=at, error=error, opens=True, log=log))
        faults = [call for call in read(log) if call.kind == "fault"]
        if not faults:
            break
        calls += 1
        result.points += 1
        problems = advice(done, error) + judge(board.envsnap, operation, place, done, gather_first=at % 2 == 0)
        if problems:
            result.fail(f"{operation.name}, {error} at call {at}, {faults[0].path}", problems)
            board.tell(result)
        at += stride
    return calls


def advice(done: Done, error: str) -> list[str]:
    """The problem, if the message of a full disk does not say what to do."""
    if done.status == 0 or error != "ENOSPC" or not done.failure:
        return []
    text = f"{done.failure['message']} {done.failure.get('hint') or ''}"
    return [] if any(word in text for word in ADVICE) else [f"no word of what to do: {text!r}"]
