# SPDX-License-Identifier: Apache-2.0
"""What has to hold after a fault: nothing that was committed is lost, all or nothing, and nothing is left over."""

from __future__ import annotations

from . import store
from .envsnap import Done, Envsnap, Unexpected
from .operation import Operation, Place


def judge(envsnap: Envsnap, operation: Operation, place: Place, done: Done, gather_first: bool) -> list[str]:
    """The problems after one fault; the rerun comes after or before a garbage collection."""
    try:
        problems = done.problems() + state(envsnap, operation, place, done)
        if problems:
            return problems
        steps = [gather, again] if gather_first else [again, gather]
        for step in steps:
            problems += step(envsnap, operation, place)
        return problems
    except Unexpected as unexpected:
        return [str(unexpected)]


def state(envsnap: Envsnap, operation: Operation, place: Place, done: Done) -> list[str]:
    """The store opens, is whole, and is as before or as after; as after where success was claimed."""
    found = envsnap.snapshots(place.store)
    problems = []
    if found not in (operation.before, operation.after):
        problems.append(f"neither before nor after: {sorted(id[:12] for id in found)}")
    if done.status == 0 and not done.was_killed and found != operation.after:
        problems.append("success was claimed of what is not there")
    problems += files(operation, place, is_done=done.status == 0)
    check = envsnap.run(place.store, "check", "--read-data")
    if check.status != 0:
        problems.append(f"check ended with {check.status}: {(check.output + check.errors).strip()[:400]}")
    return problems


def files(operation: Operation, place: Place, is_done: bool) -> list[str]:
    """A file under its final name is whole; all of them are there where success was claimed."""
    found = place.files()
    problems = [f"{name} is not whole" for name in found if name in operation.files and found[name] != operation.files[name]]
    if is_done and not operation.files.items() <= found.items():
        problems.append(f"success was claimed of files that are not there: {sorted(operation.files.keys() - found.keys())}")
    return problems


def gather(envsnap: Envsnap, operation: Operation, place: Place) -> list[str]:
    """After gc there is nothing left over."""
    envsnap.fine(place.store, "gc")
    return store.problems(place.store)


def again(envsnap: Envsnap, operation: Operation, place: Place) -> list[str]:
    """The command does its work when it is run once more, or says that it was done."""
    was_done = envsnap.snapshots(place.store) == operation.after
    statuses = (0, *operation.again) if was_done else (0,)
    if operation.files and not operation.files.items() <= place.files().items():
        # Some of the parts: they are not replaced unless that is asked for.
        words = [*place.words(operation), *(["--force"] if place.files().keys() & operation.files.keys() else [])]
        envsnap.fine(place.store, *words)
    else:
        envsnap.fine(place.store, *place.words(operation), statuses=statuses)
    problems = []
    if envsnap.snapshots(place.store) != operation.after:
        problems.append("a rerun does not bring what it should")
    if (found := place.files()) != operation.files:
        problems.append(f"after a rerun there are the files {sorted(found)}")
    envsnap.fine(place.store, "check", "--read-data")
    return problems
