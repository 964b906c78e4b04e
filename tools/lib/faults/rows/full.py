# SPDX-License-Identifier: Apache-2.0
"""A file system that is really full, at many degrees of fullness."""

from __future__ import annotations

import contextlib
import shutil
import subprocess
from pathlib import Path
from typing import Iterator

from .. import filesystem, store
from ..board import Board
from ..operation import Operation, Place
from ..oracle import again, judge
from ..result import Result
from .refuse import advice

SIZE = 16 << 20


def run(board: Board) -> Result:
    result = Result(
        "full", "a file system with no or little space left, ext4 and tmpfs",
        "a clear error that says what to do, or success; state as after a kill; rm and gc work with no byte left", least=50)
    kinds = [kind for kind in (("tmpfs",) if board.quick else ("ext4", "tmpfs")) if _is_possible(board, kind)]
    budget = board.budget("full", result.least)
    operations = [o for o in board.operations() if o.name in ("import", "import into none", "export", "make a store", "migrate")]
    degrees = max(1, -(-budget.points // (len(kinds) * (len(operations) + 1))))
    for kind in kinds:
        for operation in operations:
            for degree in range(degrees):
                _try(board, kind, operation, _room(operation, degree, degrees), result)
        for degree in range(degrees):
            _free(board, kind, degree * filesystem.BLOCK, result)
        board.say(f"{kind}: {result.points} points so far")
    result.count("file systems: " + " and ".join(kinds), 0)
    return result


def _room(operation: Operation, degree: int, degrees: int) -> int:
    """How much is left: from nothing to more than enough."""
    return degree * (700 << 10) // max(1, degrees - 1) if degree else 0


def _try(board: Board, kind: str, operation: Operation, room: int, result: Result) -> None:
    with _disk(board, kind) as mount:
        place = Place(mount / "place").refill(operation.template)
        filesystem.fill(mount, room)
        done = board.envsnap.run(place.store, *place.words(operation))
        result.points += 1
        result.count(f"{operation.name}: {'done' if done.status == 0 else 'refused'}")
        problems = done.problems() + advice(done, "ENOSPC")
        if not problems and done.status != 0:
            problems += _still_reads(board, operation, place)
        filesystem.free(mount)
        problems += judge(board.envsnap, operation, place, done, gather_first=False)
        _note(board, result, f"{operation.name}, {kind}, {room} bytes left", problems)


def _still_reads(board: Board, operation: Operation, place: Place) -> list[str]:
    """On the full disk the snapshots of before can be listed and read."""
    if not operation.before or operation.name == "migrate":
        return []
    problems = []
    for words in (("ls",), ("check", "--read-data")):
        done = board.envsnap.run(place.store, *words)
        if done.status != 0:
            problems.append(f"on the full disk: {done} ended with {done.status}: {done.errors.strip()[:300]}")
    return problems


def _free(board: Board, kind: str, room: int, result: Result) -> None:
    """rm and gc on a disk with no byte left, or a few blocks, give space back."""
    (operation,) = [o for o in board.operations() if o.name == "rm"]
    with _disk(board, kind) as mount:
        place = Place(mount / "place").refill(operation.template)
        filesystem.fill(mount, room)
        before = filesystem.available(mount)
        removed = board.envsnap.run(place.store, *place.words(operation))
        gathered = board.envsnap.run(place.store, "gc")
        result.points += 1
        result.count("rm and gc")
        problems = [f"{done} ended with {done.status}: {done.errors.strip()[:300]}"
                    for done in (removed, gathered) if done.status != 0]
        if not problems:
            problems = again(board.envsnap, operation, place) + store.problems(place.store)
            if (left := filesystem.available(mount)) <= before:
                problems.append(f"nothing was freed: {before} bytes were left, {left} are")
        _note(board, result, f"rm and gc, {kind}, {room} bytes left", problems)


def _note(board: Board, result: Result, where: str, problems: list[str]) -> None:
    if problems:
        result.fail(where, problems)
        board.tell(result)


@contextlib.contextmanager
def _disk(board: Board, kind: str) -> Iterator[Path]:
    mount = board.folder / "disk"
    mount.mkdir(exist_ok=True)
    if kind == "tmpfs":
        filesystem.mount_tmpfs(SIZE, mount)
    else:
        filesystem.mount_ext4(board.folder / "disk.img", SIZE, mount, "-O", "^has_journal")
    try:
        yield mount
    finally:
        filesystem.run("umount", str(mount))


def _is_possible(board: Board, kind: str) -> bool:
    if kind == "ext4" and not shutil.which("mkfs.ext4"):
        return False
    try:
        with _disk(board, kind):
            return True
    except subprocess.CalledProcessError as error:
        board.say(f"no {kind} can be mounted here: {error.stderr.strip()}")
        return False

