# SPDX-License-Identifier: Apache-2.0
"""The commands of a page, with what it says of them."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from pathlib import Path

STATUS = re.compile(r"  # status (\d+)$")


@dataclass
class Command:
    """A line behind `$`, the status that it ends with, and the lines that it prints."""

    line: int
    text: str
    status: int = 0
    says: list[str] = field(default_factory=list)

    def missing(self, output: str) -> list[str]:
        """What the page says that it prints, and it did not; `…` stands for anything."""
        lines = output.splitlines()
        return [said for said in self.says if not any(_pattern(said).fullmatch(line.strip()) for line in lines)]


def _pattern(said: str) -> re.Pattern[str]:
    return re.compile(".*".join(re.escape(part) for part in said.strip().split("…")))


def commands(page: Path) -> list[Command]:
    """The commands of the `console` blocks of a page, in order."""
    found: list[Command] = []
    inside = False
    for number, line in enumerate(page.read_text().splitlines(), 1):
        if line.startswith("```"):
            inside = line == "```console"
        elif inside and line.startswith("$ "):
            status = STATUS.search(line)
            found.append(Command(number, STATUS.sub("", line[2:]), int(status[1]) if status else 0))
        elif inside and not found:
            raise ValueError(f"{page}:{number}: output before a command")
        elif inside:
            found[-1].says.append(line)
    return found
