# SPDX-License-Identifier: Apache-2.0
"""All that the plain way's files hold, each image layer once, uncompressed in one file."""

from __future__ import annotations

import hashlib
import json
import subprocess
import tarfile
from pathlib import Path
from typing import IO

CHUNK = 1 << 20


def write_unique(plain: Path, target: Path) -> None:
    """Writes the layers of all saved images, those of one digest once, and then the data archives."""
    known: set[str] = set()
    with target.open("wb") as output:
        for file in sorted(plain.glob("*.tar.zst")):
            with subprocess.Popen(["zstd", "-q", "-d", "-c", file], stdout=subprocess.PIPE) as unpacked:
                if unpacked.stdout is None:
                    raise RuntimeError("zstd has no output")
                if ".image" in file.name:
                    _write_layers(unpacked.stdout, output, known)
                else:
                    _copy(unpacked.stdout, output)
                # A reader of tar stops before the padding at the end.
                while unpacked.stdout.read(CHUNK):
                    pass
            if unpacked.returncode:
                raise RuntimeError(f"zstd -d {file} ended with {unpacked.returncode}")


def _write_layers(archive: IO[bytes], output: IO[bytes], known: set[str]) -> None:
    """Layers are the members that are tars themselves; engines name them differently (docker save before and from 25)."""
    with tarfile.open(fileobj=archive, mode="r|") as members:
        for member in members:
            content = members.extractfile(member) if member.isfile() else None
            if content is None or member.size < 1024:
                continue
            start = output.tell()
            head = content.read(262)
            if head[257:262] != b"ustar":
                continue
            output.write(head)
            digest = _copy(content, output, head)
            if digest in known:
                output.seek(start)
                output.truncate()
            known.add(digest)


def _copy(source: IO[bytes], output: IO[bytes], head: bytes = b"") -> str:
    """Copies all that is left; the digest of it, behind a head that was written already."""
    digest = hashlib.sha256(head)
    while chunk := source.read(CHUNK):
        digest.update(chunk)
        output.write(chunk)
    return digest.hexdigest()
