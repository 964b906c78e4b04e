# SPDX-License-Identifier: Apache-2.0
"""What a disk may hold after the power has failed, from the record of what a process did to it.

Sure is what POSIX makes sure: of a file, what fsync has seen; of a folder, the names that an fsync of the folder has
seen. Everything else may be there, or not, or in part: any writes of those since, torn at any sector; any later state of
each name by itself. A rename is two changes, which may part where they are in two folders or under two names.
"""

from __future__ import annotations

import hashlib
import os
import random
import stat
from dataclasses import dataclass, field
from pathlib import Path
from typing import Iterable, Union

from .watch import Call

SECTOR = 512
# What the replayer knows; a record with anything else is refused.
SYNCS = {"fsync", "fdatasync"}
IGNORED = {"said", "fault", "request", "open", "fchmod", "chmod"}


class UnknownCall(Exception):
    """The record has a call whose effect is not known here."""


@dataclass
class Write:
    offset: int
    data: bytes


@dataclass
class Cut:
    """A change of the length."""

    length: int


@dataclass(eq=False)
class File:
    """A regular file: its sure content, and what came since."""

    mode: int = 0o600
    sure: bytes = b""
    since: list[Union[Write, Cut]] = field(default_factory=list)

    def content(self, changes: Iterable[Union[Write, Cut]]) -> bytes:
        content = bytearray(self.sure)
        for change in changes:
            if isinstance(change, Cut):
                del content[change.length:]
                content.extend(bytes(change.length - len(content)))
            else:
                content.extend(bytes(max(0, change.offset - len(content))))
                content[change.offset:change.offset + len(change.data)] = change.data
        return bytes(content)

    def sync(self) -> None:
        self.sure, self.since = self.content(self.since), []


@dataclass(eq=False)
class Folder:
    """A folder: its names as they are, the sure ones, and for each name what it became since."""

    mode: int = 0o700
    names: dict[str, Node] = field(default_factory=dict)
    sure: dict[str, Node] = field(default_factory=dict)
    since: dict[str, list[Node | None]] = field(default_factory=dict)

    def set(self, name: str, node: Node | None) -> None:
        if node is None:
            self.names.pop(name, None)
        else:
            self.names[name] = node
        self.since.setdefault(name, []).append(node)

    def sync(self) -> None:
        self.sure, self.since = dict(self.names), {}


@dataclass(eq=False)
class Link:
    """A symbolic link."""

    target: str


Node = Union[File, Folder, Link]


class Disk:
    """A folder on a disk, as a process changes it."""

    def __init__(self, root: Path) -> None:
        """What is there is sure: it was written long ago."""
        self.root = root
        self.inodes: dict[int, Node] = {}
        self.top = self._scan(root)

    def _scan(self, path: Path) -> Node:
        status = path.lstat()
        node: Node
        if stat.S_ISDIR(status.st_mode):
            node = Folder(stat.S_IMODE(status.st_mode))
            for entry in sorted(path.iterdir()):
                node.names[entry.name] = self._scan(entry)
            node.sync()
        elif stat.S_ISLNK(status.st_mode):
            node = Link(os.readlink(path))
        else:
            node = File(stat.S_IMODE(status.st_mode), path.read_bytes())
        self.inodes[status.st_ino] = node
        return node

    # What a process did

    def do(self, call: Call) -> None:
        """Takes one call of the record over."""
        if call.kind in IGNORED:
            if call.kind == "fchmod" and call.inode in self.inodes:
                self.inodes[call.inode].mode = call.number  # type: ignore[union-attr]
        elif call.kind in SYNCS:
            self.inodes[call.inode].sync()  # type: ignore[union-attr]
        elif call.kind == "create":
            self._make(call.path, File(call.number & 0o777), call.inode)
        elif call.kind == "mkdir":
            self._make(call.path, Folder(call.number), call.inode)
        elif call.kind == "symlink":
            self._make(call.path, Link("?"), 0)
        elif call.kind in ("empty", "write", "ftruncate", "ftruncate64"):
            file = self.inodes[call.inode]
            assert isinstance(file, File), call
            length = 0 if call.kind == "empty" else call.number
            file.since.append(Write(call.number, call.data) if call.kind == "write" else Cut(length))
        elif call.kind in ("unlink", "rmdir", "remove"):
            folder, name = self._parent(call.path)
            folder.set(name, None)
        elif call.kind in ("rename", "link"):
            self._rename(call)
        else:
            raise UnknownCall(f"{call.kind} {call.path}")

    def _make(self, path: str, node: Node, inode: int) -> None:
        folder, name = self._parent(path)
        folder.set(name, node)
        if inode:
            self.inodes[inode] = node

    def _rename(self, call: Call) -> None:
        (source, name), (target, other) = self._parent(call.path), self._parent(call.other)
        node = source.names[name]
        target.set(other, node)
        if call.kind == "rename":
            source.set(name, None)

    def _parent(self, path: str) -> tuple[Folder, str]:
        parts = Path(os.path.normpath(path)).relative_to(self.root).parts
        node = self.top
        for part in parts[:-1]:
            node = node.names[part]  # type: ignore[union-attr]
        assert isinstance(node, Folder), path
        return node, parts[-1]

    # What is left of it

    def image(self, choice: Choice) -> Image:
        """What is left when the power fails now."""
        image: Image = {}
        self._add(self.top, "", choice, image)
        return image

    def _add(self, node: Node, path: str, choice: Choice, image: Image) -> None:
        if isinstance(node, Folder):
            image[path] = node.mode, None
            for name, child in sorted(choice.names(node).items()):
                self._add(child, f"{path}/{name}" if path else name, choice, image)
        elif isinstance(node, Link):
            image[path] = 0, node.target
        else:
            image[path] = node.mode, node.content(choice.changes(node))


# Path -> mode, and the content of a file, the target of a link, or None for a folder.
Image = dict[str, tuple[int, Union[bytes, str, None]]]


def digest(image: Image) -> str:
    """Names what is left, so that nothing is looked at twice."""
    total = hashlib.sha256()
    for path, (mode, content) in sorted(image.items()):
        body = content.encode() if isinstance(content, str) else content or b""
        total.update(f"{path}\0{mode}\0{content is None}\0{len(body)}\0".encode(errors="surrogateescape") + body)
    return total.hexdigest()


def write(image: Image, target: Path) -> None:
    """Makes a folder with an image in it; a folder comes before what is in it."""
    for path, (mode, content) in sorted(image.items()):
        place = target / path
        if content is None:
            place.mkdir()
        elif isinstance(content, str):
            place.symlink_to(content)
            continue
        else:
            place.write_bytes(content)
        place.chmod(mode)


class Choice:
    """What of the unsure is there."""

    def names(self, folder: Folder) -> dict[str, Node]:
        raise NotImplementedError

    def changes(self, file: File) -> list[Union[Write, Cut]]:
        raise NotImplementedError


class Nothing(Choice):
    """Nothing that is not sure is there."""

    def names(self, folder: Folder) -> dict[str, Node]:
        return folder.sure

    def changes(self, file: File) -> list[Union[Write, Cut]]:
        return []


class Everything(Choice):
    """Everything is there, as after a mere kill."""

    def names(self, folder: Folder) -> dict[str, Node]:
        return folder.names

    def changes(self, file: File) -> list[Union[Write, Cut]]:
        return file.since


class Chance(Choice):
    """Each name in any of its later states, each write there, torn or lost: with one chance for all of a disk."""

    def __init__(self, source: random.Random) -> None:
        self.random = source
        self.name_chance, self.write_chance = source.random(), source.random()
        # A file that is named twice has one content.
        self.chosen: dict[int, list[Union[Write, Cut]]] = {}

    def names(self, folder: Folder) -> dict[str, Node]:
        names = dict(folder.sure)
        for name, states in folder.since.items():
            if self.random.random() >= self.name_chance:
                continue
            node = self.random.choice(states)
            if node is None:
                names.pop(name, None)
            else:
                names[name] = node
        return names

    def changes(self, file: File) -> list[Union[Write, Cut]]:
        if id(file) not in self.chosen:
            self.chosen[id(file)] = [part for change in file.since for part in self._some(change)]
        return self.chosen[id(file)]

    def _some(self, change: Union[Write, Cut]) -> list[Union[Write, Cut]]:
        chance = self.random.random()
        if chance < self.write_chance:
            return [change]
        if isinstance(change, Cut) or chance < 0.7 or len(change.data) <= SECTOR:
            return []
        # Some of its sectors alone.
        sectors = range(0, len(change.data), SECTOR)
        return [Write(change.offset + at, change.data[at:at + SECTOR]) for at in sectors if self.random.random() < 0.5]
