# SPDX-License-Identifier: Apache-2.0
"""Bits are flipped, files cut and exchanged: every blob and every document of a store."""

from __future__ import annotations

import os
import shutil
import tarfile
from pathlib import Path
from typing import Callable, Iterator

from ..board import Board
from ..operation import Place
from ..result import Result

DAMAGED = 12


def run(board: Board) -> Result:
    each = board.points or (1 if board.quick else 8)
    result = Result(
        "rot", f"each blob and document: {each} bits flipped, {each} truncations, {each} exchanges with other bytes",
        "found by check --read-data, which names it; refused by export; other snapshots are not affected; no false alarm",
        least=0)
    (operation,) = [o for o in board.operations() if o.name == "export"]
    place = board.place().refill(operation.template)
    _false_alarms(board, place, operation.before, result)
    files = sorted((place.store / "blobs/sha256").iterdir()) + sorted((place.store / "snapshots").iterdir())
    # A few exchanges are of files that happen to be alike.
    result.least = len(files) * 3 * 8 - len(files)
    needs = {id: _needs(board, place, id) for id in sorted(operation.before)}
    for file in files:
        for what, damage in _damages(board, file, files, each):
            _try(board, place, file, what, damage, needs, result)
        board.say(f"{file.name[:12]}: {result.points} points so far")
    return result


def _needs(board: Board, place: Place, id: str) -> set[str]:
    """The names of the files that a snapshot needs, as a bundle of it says."""
    bundle = board.folder / "needs"
    bundle.unlink(missing_ok=True)
    board.envsnap.fine(place.store, "export", id, "-o", str(bundle), "--include-secrets")
    with tarfile.open(bundle) as tar:
        return {Path(name).name for name in tar.getnames() if name.startswith("blobs/")} | {f"{id}.json"}


def _damages(
    board: Board, file: Path, files: list[Path], each: int
) -> Iterator[tuple[str, Callable[[bytes], bytes]]]:
    size, source = file.stat().st_size, board.random
    # The first and the last bit, and others between.
    for at in [0, size * 8 - 1, *(source.randrange(size * 8) for _ in range(each))][:each]:
        yield f"bit {at} flipped", lambda content, at=at: _flipped(content, at)
    for length in [0, size - 1, size // 2, *(source.randrange(size) for _ in range(each))][:each]:
        yield f"cut to {length}", lambda content, length=length: content[:length]
    others = [other for other in files if other != file]
    source.shuffle(others)
    for number in range(each):
        other = others[number % len(others)].read_bytes()
        # In one half of them the length stays, so that only the bytes can tell.
        if number % 2:
            other = (other * (size // max(1, len(other)) + 1))[:size]
        if other != file.read_bytes():
            yield f"exchanged ({number})", lambda content, other=other: other


def _flipped(content: bytes, at: int) -> bytes:
    changed = bytearray(content)
    changed[at // 8] ^= 1 << at % 8
    return bytes(changed)


def _try(
    board: Board, place: Place, file: Path, what: str, damage: Callable[[bytes], bytes], needs: dict[str, set[str]],
    result: Result,
) -> None:
    content, mode = file.read_bytes(), file.stat().st_mode
    _replace(file, damage(content), mode)
    problems = []
    check = board.envsnap.run(place.store, "check", "--read-data")
    said = check.output + check.errors
    if check.status != DAMAGED:
        problems.append(f"check --read-data ended with {check.status}")
    elif file.name[:12] not in said:
        problems.append(f"check --read-data does not name it: {said[:300]}")
    for id, needed in needs.items():
        problems += _use(board, place, id, file.name in needed)
    _replace(file, content, mode)
    result.points += 1
    if problems:
        result.fail(f"{file.parent.name}/{file.name[:12]}, {what}", problems)
        board.tell(result)


def _use(board: Board, place: Place, id: str, is_damaged: bool) -> list[str]:
    shutil.rmtree(place.out, ignore_errors=True)
    place.out.mkdir()
    done = board.envsnap.run(place.store, "export", id, "-o", str(place.out / "b"), "--include-secrets")
    if problems := done.problems():
        return problems
    if is_damaged and done.status != DAMAGED:
        return [f"export of {id[:12]} ended with {done.status}: {done.errors.strip()[:200]}"]
    if is_damaged and any(place.out.iterdir()):
        return [f"the refused export of {id[:12]} left {os.listdir(place.out)}"]
    if not is_damaged and done.status != 0:
        return [f"a false alarm: export of {id[:12]} ended with {done.status}: {done.errors.strip()[:200]}"]
    return []


def _false_alarms(board: Board, place: Place, ids: frozenset[str], result: Result) -> None:
    check = board.envsnap.run(place.store, "check", "--read-data")
    if check.status != 0:
        result.fail("a sound store", [f"check --read-data ended with {check.status}: {check.output}"])
    for id in sorted(ids):
        if problems := _use(board, place, id, is_damaged=False):
            result.fail("a sound store", problems)


def _replace(file: Path, content: bytes, mode: int) -> None:
    file.unlink()
    file.write_bytes(content)
    file.chmod(mode)
