# SPDX-License-Identifier: Apache-2.0
"""File systems of the scoreboard's own, which can be filled to the last byte."""

from __future__ import annotations

import contextlib
import errno
import os
import subprocess
from pathlib import Path
from typing import Iterator

BLOCK = 4096
BALLAST = "ballast"


def mount_ext4(image: Path, size: int, mount: Path, *options: str) -> None:
    """Makes a file of that size an ext4 and mounts it; `options` are those of mkfs.ext4."""
    with image.open("wb") as file:
        file.truncate(size)
    run("mkfs.ext4", "-q", "-m", "0", *options, str(image))
    run("mount", "-o", "loop", str(image), str(mount))


def mount_tmpfs(size: int, mount: Path) -> None:
    run("mount", "-t", "tmpfs", "-o", f"size={size}", "faults", str(mount))


def fill(mount: Path, room: int = 0) -> None:
    """Leaves so many bytes, or a few more: blocks are whole."""
    with _ignoring_a_full_disk(), (mount / BALLAST).open("wb") as file:
        if (rest := available(mount) - room) > 0:
            # As a whole where that works: it takes no time.
            with _ignoring_a_full_disk():
                os.posix_fallocate(file.fileno(), 0, rest)
        file.seek(0, os.SEEK_END)
        while (rest := available(mount) - room) > 0:
            file.write(bytes(min(1 << 20, max(BLOCK, rest))))
            file.flush()


def free(mount: Path) -> None:
    """Gives the space back that `fill` has taken."""
    (mount / BALLAST).unlink(missing_ok=True)


def available(mount: Path) -> int:
    """How many bytes are left."""
    status = os.statvfs(mount)
    return status.f_bavail * status.f_frsize


def run(*words: str) -> None:
    """Runs one of the system's own commands, which has to succeed."""
    subprocess.run(words, check=True, capture_output=True, text=True)


@contextlib.contextmanager
def _ignoring_a_full_disk() -> Iterator[None]:
    try:
        yield
    except OSError as error:
        if error.errno != errno.ENOSPC:
            raise
