# SPDX-License-Identifier: Apache-2.0
"""Bytes to capture: half of every 4 KiB is random, half repeats, as in a database's partly filled pages."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Iterator

PAGE = 4096
CHUNK = 1 << 20
TEXT = (b"id=00000000 state=ready note=nothing to see here " * 48)[: PAGE // 2]


def pages(size: int) -> Iterator[bytes]:
    """That many bytes, in chunks of at most 1 MiB."""
    while size > 0:
        count = min(size, CHUNK)
        noise = os.urandom((count + PAGE - 1) // PAGE * (PAGE // 2))
        half = PAGE // 2
        yield b"".join(noise[at:at + half] + TEXT for at in range(0, len(noise), half))[:count]
        size -= count


def write(path: Path, size: int) -> None:
    """Makes one file."""
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("wb") as file:
        for part in pages(size):
            file.write(part)


def write_many(folder: Path, count: int, size: int, per_folder: int = 1000) -> None:
    """Makes so many files of one size, in folders of `per_folder`."""
    for first in range(0, count, per_folder):
        inner = folder / f"{first // per_folder:05}"
        inner.mkdir(parents=True, exist_ok=True)
        noise = b"".join(pages(2 * PAGE))
        for number in range(first, min(first + per_folder, count)):
            file = inner / f"{number:07}"
            if size > PAGE:
                write(file, size)
                continue
            # Fresh random bytes for each of a million files would take longer than all else.
            with open(file, "wb", buffering=0) as output:
                output.write((b"%d " % number + noise[number * 37 % PAGE:])[:size])


def overwrite(path: Path, start: int, size: int) -> None:
    """Puts other bytes into the middle of a file, in place."""
    with path.open("r+b") as file:
        file.seek(start)
        for part in pages(size):
            file.write(part)
