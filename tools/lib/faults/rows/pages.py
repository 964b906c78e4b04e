# SPDX-License-Identifier: Apache-2.0
"""Pages of the catalogue are damaged."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

from ..board import Board
from ..bundles import family
from ..envsnap import Done
from ..result import Result

DAMAGED = 12
UNSEEN = "not found"
PAGE = 4096
EARLIER = "of an earlier state"
KINDS = ("zeroed", "random", "half random", "exchanged", EARLIER, "a bit flipped", "the file cut")


def run(board: Board) -> Result:
    result = Result(
        "pages", "pages of the catalogue zeroed, overwritten, torn, exchanged, of an earlier state, with a bit flipped; cut",
        "harmless, or found: a clear error of every verb or of check; rebuilt by check --rebuild", least=500)
    template, earlier = _template(board)
    sound = _answers(board, template)
    can_rebuild = "--rebuild" in board.envsnap.run(template, "check", "--help").output
    result.count("check --rebuild is there" if can_rebuild else "check --rebuild is not there yet", 0)
    budget = board.budget("pages", result.least)
    content = (template / "catalogue.sqlite").read_bytes()
    while not budget.is_spent(result.points):
        kind = KINDS[result.points % len(KINDS)]
        store = board.place().refill(template.parent).store
        damaged, where = _damage(board, content, earlier, kind)
        if damaged == content:
            continue
        (store / "catalogue.sqlite").write_bytes(damaged)
        # Where the disk rots, no time of the file changes: in one half the catalogue passes for checked.
        is_silent = board.random.random() < 0.5
        if is_silent:
            _pass_for_checked(store / "catalogue.sqlite")
        result.points += 1
        outcome, problems = _judge(board, store, sound, can_rebuild)
        if outcome == UNSEEN and kind == EARLIER:
            # Nothing in the file tells that its disk lost a write; docs/reliability.md says so.
            outcome, problems = "a sound page of an earlier state, not found", []
        result.count(outcome)
        if problems:
            result.fail(f"{kind}, {where}{', silently' if is_silent else ''}", problems)
            board.tell(result)
    return result


def _template(board: Board) -> tuple[Path, bytes]:
    """A store with a catalogue of some pages, and the catalogue's bytes of an earlier moment."""
    folder = board.folder / "pages"
    shutil.rmtree(folder, ignore_errors=True)
    store, earlier = folder / "store", b""
    bundles = family(board.folder / "bundles-pages", 24, prefix="page", projects=3, size=700)
    for number, bundle in enumerate(bundles):
        board.envsnap.fine(store, "import", str(bundle.file))
        if number == 18:
            earlier = (store / "catalogue.sqlite").read_bytes()
    for version in ("v1", "v2"):
        board.envsnap.fine(store, "import", str(board.scenes.bundles[version]))
    return store, earlier


def _answers(board: Board, store: Path) -> dict[str, Done]:
    """What a user sees of a store; in the order in which it is looked at."""
    calls = {"ls": ("ls",), "check": ("check", "--read-data")}
    answers = {name: board.envsnap.run(store, *words) for name, words in calls.items()}
    for id in board.scenes.ids.values():
        answers[f"show {id[:4]}"] = board.envsnap.run(store, "show", id)
    return answers


def _damage(board: Board, content: bytes, earlier: bytes, kind: str) -> tuple[bytes, str]:
    source, pages = board.random, len(content) // PAGE
    page = source.randrange(pages)
    start, end = page * PAGE, (page + 1) * PAGE
    if kind == "zeroed":
        new = bytes(PAGE)
    elif kind == "random":
        new = source.randbytes(PAGE)
    elif kind == "half random":
        new = content[start:start + PAGE // 2] + source.randbytes(PAGE // 2)
    elif kind == "exchanged":
        other = source.randrange(pages) * PAGE
        new = content[other:other + PAGE]
    elif kind == EARLIER:
        new = earlier[start:end] if end <= len(earlier) else content[start:end]
    elif kind == "a bit flipped":
        at = source.randrange(len(content) * 8)
        changed = bytearray(content)
        changed[at // 8] ^= 1 << at % 8
        return bytes(changed), f"bit {at}"
    else:
        length = source.randrange(len(content))
        return content[:length], f"to {length} bytes"
    return content[:start] + new + content[end:], f"page {page + 1} of {pages}"


def _judge(
    board: Board, store: Path, sound: dict[str, Done], can_rebuild: bool
) -> tuple[str, list[str]]:
    found = _answers(board, store)
    problems = [problem for done in found.values() for problem in done.problems()]
    if problems:
        return "failed", problems
    if all(_same(found[name], sound[name]) for name in sound):
        return "harmless", []
    check = found["check"]
    if check.status != DAMAGED:
        wrong = [name for name in sound if not _same(found[name], sound[name])]
        return UNSEEN, [f"{', '.join(wrong)} answer otherwise, and check ended with {check.status}: {_text(check)}"]
    if any(done.status not in (0, 1, 10, DAMAGED) for done in found.values()):
        return "failed", [f"{done} ended with {done.status}" for done in found.values()]
    return ("found, rebuilt", _rebuild(board, store, sound)) if can_rebuild else ("found", [])


def _rebuild(board: Board, store: Path, sound: dict[str, Done]) -> list[str]:
    rebuilt = board.envsnap.run(store, "check", "--rebuild")
    if rebuilt.status != 0:
        return [f"check --rebuild ended with {rebuilt.status}: {_text(rebuilt)}"]
    found = _answers(board, store)
    missing = {s["id"] for s in sound["ls"].data} - {s["id"] for s in found["ls"].data if found["ls"].status == 0}
    problems = [f"check --rebuild lost {len(missing)} snapshots"] if missing else []
    if found["check"].status != 0:
        problems.append(f"after check --rebuild check ended with {found['check'].status}: {_text(found['check'])}")
    return problems


def _same(a: Done, b: Done) -> bool:
    return a.status == b.status == 0 and json.loads(a.output)["data"] == json.loads(b.output)["data"]


def _text(done: Done) -> str:
    return (done.output + done.errors).strip()[:300]


def _pass_for_checked(file: Path) -> None:
    """Writes the mark that envsnap leaves when it has found a catalogue sound."""
    status = file.lstat()
    times = [f"{time // 10**9}.{time % 10**9}" for time in (status.st_mtime_ns, status.st_ctime_ns)]
    mark = " ".join([str(status.st_dev), str(status.st_ino), str(status.st_size), *times]) + "\n"
    Path(f"{file}.checked").write_text(mark)
