# SPDX-License-Identifier: Apache-2.0
"""What is done to a store while a fault happens: each with the state before, and the one after."""

from __future__ import annotations

import hashlib
import os
import shutil
from dataclasses import dataclass, field
from pathlib import Path
from typing import Callable

from .envsnap import Done, Envsnap

MISSING = 10
FAILED = 1


@dataclass(frozen=True)
class Operation:
    """One command on a store in a known state."""

    name: str
    # The folder that is copied for each try; `store` in it is the store, `out` is for files.
    template: Path
    words: tuple[str, ...]
    before: frozenset[str]
    after: frozenset[str]
    # The files below `out` that are there when it is done, with their digests.
    files: dict[str, str] = field(default_factory=dict)
    # What a run ends with whose work had been done already.
    again: tuple[int, ...] = (0,)


@dataclass(frozen=True)
class Place:
    """A folder in which an operation is tried once."""

    folder: Path

    @property
    def store(self) -> Path:
        return self.folder / "store"

    @property
    def out(self) -> Path:
        return self.folder / "out"

    def words(self, operation: Operation) -> list[str]:
        return [word.replace("{out}", str(self.out)).replace("{folder}", str(self.folder)) for word in operation.words]

    def refill(self, template: Path) -> Place:
        """Puts the folder into the state of a template."""
        shutil.rmtree(self.folder, ignore_errors=True)
        shutil.copytree(template, self.folder, symlinks=True)
        return self

    def files(self) -> dict[str, str]:
        """The files below `out`, with their digests."""
        return {file.name: sha256(file) for file in sorted(self.out.iterdir())} if self.out.is_dir() else {}


def sha256(file: Path) -> str:
    return hashlib.sha256(file.read_bytes()).hexdigest()


def reference(source: Path, target: Path) -> None:
    """Copies a committed store: git keeps no permissions, and a store that others may enter is refused."""
    shutil.copytree(source, target)
    for folder, _, files in os.walk(target):
        os.chmod(folder, 0o700)
        for file in files:
            os.chmod(Path(folder, file), 0o600)
    for name in ("tmp", "snapshots"):
        (target / name).mkdir(mode=0o700, exist_ok=True)


class Scenes:
    """Makes the stores on which operations are tried, from the committed ones."""

    def __init__(self, envsnap: Envsnap, root: Path, folder: Path) -> None:
        self.envsnap, self.snapshots, self.folder = envsnap, root / "snapshots", folder
        self.bundles: dict[str, Path] = {}
        self.ids: dict[str, str] = {}
        folder.mkdir(parents=True)
        for version in ("v1", "v2"):
            store = folder / f"reference-{version}"
            reference(self.snapshots / version, store)
            self.bundles[version] = folder / f"{version}.envsnap"
            (self.ids[version],) = envsnap.snapshots(store)
            envsnap.fine(store, "export", self.ids[version], "-o", str(self.bundles[version]), "--include-secrets")

    def scene(self, name: str, prepare: Callable[[Path], None] = lambda store: None) -> Path:
        """A template: its store is prepared by the function, from nothing."""
        template = self.folder / f"scene-{name}"
        (template / "out").mkdir(parents=True)
        prepare(template / "store")
        return template

    def take(self, *versions: str) -> Callable[[Path], None]:
        def prepare(store: Path) -> None:
            for version in versions:
                self.envsnap.fine(store, "import", str(self.bundles[version]))
        return prepare

    def remove_one(self, store: Path) -> None:
        self.take("v1", "v2")(store)
        self.envsnap.fine(store, "rm", self.ids["v2"])

    def exported(self, template: Path, *options: str) -> dict[str, str]:
        """What an export makes without a fault."""
        place = Place(self.folder / "exported").refill(template)
        self.envsnap.fine(place.store, "export", self.ids["v2"], "-o", str(place.out / "b"), "--include-secrets", *options)
        return place.files()

    def operations(self) -> list[Operation]:
        """All that need no engine."""
        one, two = frozenset([self.ids["v1"]]), frozenset(self.ids.values())
        nothing, first = self.scene("nothing"), self.scene("first", self.take("v1"))
        both, removed = self.scene("both", self.take("v1", "v2")), self.scene("removed", self.remove_one)
        old = self.scene("old", lambda store: reference(self.snapshots / "v1", store))
        export = ("export", self.ids["v2"], "-o", "{out}/b", "--include-secrets")
        parts = ("--max-part", "100K")
        second, newest = self.ids["v2"], frozenset([self.ids["v2"]])
        return [
            Operation("make a store", nothing, ("ls",), frozenset(), frozenset()),
            Operation("import into none", nothing, ("import", str(self.bundles["v2"])), frozenset(), newest),
            Operation("import", first, ("import", str(self.bundles["v2"])), one, two),
            Operation("export", both, export, two, two, self.exported(both), again=(FAILED,)),
            Operation("export in parts", both, export + parts, two, two, self.exported(both, *parts), again=(FAILED,)),
            Operation("rm", both, ("rm", second), two, one, again=(MISSING,)),
            Operation("forget", both, ("forget", "--keep-last", "1"), two, newest),
            Operation("gc", removed, ("gc",), one, one),
            Operation("migrate", old, ("ls",), one, one),
        ]


def claims_success(done: Done) -> bool:
    return done.status == 0
