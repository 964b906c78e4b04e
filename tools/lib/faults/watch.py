# SPDX-License-Identifier: Apache-2.0
"""The library that is put in front of the C library's calls, and the log that it writes."""

from __future__ import annotations

import errno
import subprocess
from dataclasses import dataclass, field
from pathlib import Path
from typing import Iterator

SOURCES = Path(__file__).parent / "interposer"
ERRORS = {name: getattr(errno, name) for name in ("EIO", "ENOSPC", "EMFILE", "EACCES")}


def build(folder: Path) -> Path:
    """Compiles the library, and gives its path."""
    library = folder / "faults.so"
    files = [str(file) for file in sorted(SOURCES.glob("*.c"))]
    subprocess.run(
        ["cc", "-O1", "-Wall", "-Wextra", "-Wno-nonnull", "-Werror", "-shared", "-fPIC", "-o", library, *files, "-ldl",
         "-lpthread"], check=True)
    return library


@dataclass(frozen=True)
class Watch:
    """What is watched of one command, and what happens at one of its calls."""

    roots: tuple[Path, ...]
    # The number of the call at which something happens; 0 for none.
    at: int = 0
    # What the call fails with; without it the process is killed before the call.
    error: str | None = None
    # The call is done, a write by half, before the process is killed.
    after: bool = False
    # Every opening of a file counts, and every request to the engine.
    opens: bool = False
    requests: bool = False
    log: Path | None = None
    # The log has what was written, and what the command said.
    data: bool = False

    def environment(self, library: Path) -> dict[str, str]:
        """The environment in which a command is watched."""
        values = {"LD_PRELOAD": str(library), "FAULTS_ROOT": ":".join(str(root) for root in self.roots)}
        if self.at:
            values["FAULTS_AT"] = str(self.at)
        if self.error:
            values["FAULTS_ERRNO"] = str(ERRORS[self.error])
        if self.log:
            values["FAULTS_LOG"] = str(self.log)
        for name in ("after", "opens", "requests", "data"):
            if getattr(self, name):
                values[f"FAULTS_{name.upper()}"] = "1"
        return values


@dataclass(frozen=True)
class Call:
    """One call of the log."""

    kind: str
    path: str = ""
    # The second path of a rename or a link.
    other: str = ""
    inode: int = 0
    # The offset of a write, the length of a truncation, or a mode.
    number: int = 0
    data: bytes = field(default=b"", repr=False)

    @property
    def place(self) -> str:
        """What kind of call it was, for people."""
        return f"{self.kind} {Path(self.path).name}"


def read(log: Path) -> list[Call]:
    """The calls of a log, in the order in which they were done."""
    return list(parse(log.read_bytes())) if log.exists() else []


def parse(content: bytes) -> Iterator[Call]:
    """The calls in a log's bytes: a line each, and behind the line of a write what was written."""
    at = 0
    while at < len(content):
        end = content.index(b"\n", at)
        kind, *fields = content[at:end].decode(errors="surrogateescape").split("\t")
        at = end + 1
        if kind == "write":
            path, inode, offset, length = fields
            size = int(length)
            yield Call(kind, path, inode=int(inode), number=int(offset), data=content[at:at + size])
            at += size + 1 if size else 0
        elif kind == "said":
            size = int(fields[0])
            yield Call(kind, data=content[at:at + size])
            at += size + 1
        elif kind in ("rename", "link", "renameat2"):
            yield Call(kind, fields[0], other=fields[1])
        elif len(fields) == 1:
            yield Call(kind, fields[0])
        else:
            yield Call(kind, fields[0], inode=int(fields[1]), number=int(fields[2]))
