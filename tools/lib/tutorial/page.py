# SPDX-License-Identifier: Apache-2.0
"""The commands of a page, with what it says of them.

A page's `console` blocks are run, one line behind `$` after the other, in one shell. Comments, which a reader does not see,
say the rest:

    <!-- given: COMMAND -->          is run where it stands; it makes what the page takes for granted
    <!-- not run: REASON -->         the block that follows is for readers alone
    <!-- run if COMMAND: REASON -->  the block that follows is run where that command succeeds
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from pathlib import Path

STATUS = re.compile(r"  # status (\d+)$")
COMMENT = re.compile(r"<!-- (given|not run|run if) ?(.*?): (.+) -->")


@dataclass
class Skip:
    """Why a command is not run, and the command that says when it is after all."""

    reason: str
    unless: str | None = None


@dataclass
class Command:
    """A line behind `$`, the status that it ends with, and the lines that it prints."""

    line: int
    text: str
    status: int = 0
    says: list[str] = field(default_factory=list)
    skip: Skip | None = None

    def missing(self, output: str) -> list[str]:
        """What the page says that it prints, and it did not; `…` stands for anything."""
        lines = output.splitlines()
        return [said for said in self.says if not any(_pattern(said).fullmatch(line.strip()) for line in lines)]


def _pattern(said: str) -> re.Pattern[str]:
    return re.compile(".*".join(re.escape(part) for part in said.strip().split("…")))


def commands(page: Path) -> list[Command]:
    """The commands of a page, in order."""
    found: list[Command] = []
    skip: Skip | None = None
    inside, is_first = False, False
    for number, line in enumerate(page.read_text().splitlines(), 1):
        if line.startswith("```"):
            skip = None if inside else skip
            inside = line == "```console"
            is_first = inside
        elif inside and line.startswith("$ "):
            status = STATUS.search(line)
            found.append(Command(number, STATUS.sub("", line[2:]), int(status[1]) if status else 0, skip=skip))
            is_first = False
        elif is_first:
            raise ValueError(f"{page}:{number}: output before a command")
        elif inside:
            found[-1].says.append(line)
        elif comment := COMMENT.fullmatch(line):
            kind, test, words = comment.groups()
            if kind == "given":
                found.append(Command(number, words))
            else:
                skip = Skip(words, test or None)
        elif skip and line.strip():
            raise ValueError(f"{page}:{number}: the comment before it is about a block that does not follow")
    return found
