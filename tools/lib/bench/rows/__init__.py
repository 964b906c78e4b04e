# SPDX-License-Identifier: Apache-2.0
"""The rows of the table, grouped by what has to stand for them to be measured."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Callable

from ..bench import Bench
from ..result import Result
from . import bringing_up, catalogue, changes, growth, many_files, memory, pause, reproduction


@dataclass(frozen=True)
class Group:
    """Rows that are measured together."""

    rows: dict[str, str]
    measure: Callable[[Bench, set[str]], list[Result]]


GROUPS = [
    Group(reproduction.ROWS, reproduction.measure),
    Group(bringing_up.ROWS, bringing_up.measure),
    Group(changes.ROWS, changes.measure),
    Group(pause.ROWS, pause.measure),
    Group(catalogue.ROWS, catalogue.measure),
    Group(many_files.ROWS, many_files.measure),
    *(Group({row: what}, growth.measure) for row, what in growth.ROWS.items()),
    # Last: the peaks of all calls before.
    Group(memory.ROWS, memory.measure),
]
# What a quick run leaves out unless it is asked for.
SLOW = {"replay-again", "limited-memory", "growth-files", "growth-containers", "growth-hosts"}
ROWS = {row: what for group in GROUPS for row, what in group.rows.items()}
