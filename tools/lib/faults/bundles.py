# SPDX-License-Identifier: Apache-2.0
"""Small bundles, made here: as many as are wanted, with blobs that some of them share."""

from __future__ import annotations

import hashlib
import io
import json
import random
import tarfile
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Iterable

SNAPSHOT = "application/vnd.envsnap.snapshot.v1"
MANIFEST = "application/vnd.oci.image.manifest.v1+json"


@dataclass(frozen=True)
class Bundle:
    """One bundle, and what its snapshot is."""

    file: Path
    id: str
    name: str
    project: str
    captured_at: str
    blobs: frozenset[str]


def canonical(value: Any) -> bytes:
    """Canonical JSON; docs/format.md has the rules."""
    return json.dumps(value, sort_keys=True, separators=(",", ":"), ensure_ascii=False).encode()


def digest(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()


def archive(seed: int, size: int) -> bytes:
    """A data archive with one file of bytes that do not compress."""
    return tar([("file", random.Random(seed).randbytes(size))])


def tar(members: Iterable[tuple[str, bytes]]) -> bytes:
    """A tar of regular files, and nothing behind its end."""
    stream = io.BytesIO()
    for name, content in members:
        info = tarfile.TarInfo(name)
        info.size, info.mode = len(content), 0o644
        stream.write(info.tobuf(tarfile.PAX_FORMAT))
        stream.write(content + bytes(-len(content) % 512))
    stream.write(bytes(1024))
    return stream.getvalue()


def make(folder: Path, number: int, name: str, archives: Iterable[bytes], project: str = "faults") -> Bundle:
    """Writes a bundle whose snapshot has these archives as folders."""
    blobs = {digest(content): content for content in archives}
    captured_at = f"2026-11-{1 + number // 24 % 28:02}T{number % 24:02}:00:00Z"
    document = canonical({
        "formatVersion": 2, "name": name, "capturedAt": captured_at, "toolVersion": "0.1.0",
        "project": {"name": project, "workingDirectory": "/srv/faults", "configFiles": []},
        "engine": {"version": {"Version": "20.10.24"}, "info": {"ID": "x"}, "apiVersion": "1.41", "networks": [],
                   "volumes": [], "images": [], "containers": []},
        "trees": [
            {"path": f"/srv/tree-{place}", "isFile": False, "excluded": [],
             "data": {"digest": f"sha256:{hex}", "size": len(content), "entries": 1, "contentBytes": len(content)}}
            for place, (hex, content) in enumerate(sorted(blobs.items()))],
        "notCaptured": [], "changedMeanwhile": [], "pauseMilliseconds": 0, "probes": [], "tags": {},
    })
    id = digest(document)
    layers = [
        {"mediaType": "application/vnd.envsnap.blob.v1", "digest": f"sha256:{hex}", "size": len(content),
         "annotations": {"io.envsnap.blob.kind": "data", "io.envsnap.blob.raw-digest": f"sha256:{hex}",
                         "io.envsnap.blob.raw-size": str(len(content))}}
        for hex, content in sorted(blobs.items())]
    manifest = canonical({
        "schemaVersion": 2, "mediaType": MANIFEST, "artifactType": SNAPSHOT, "layers": layers,
        "config": {"mediaType": "application/vnd.envsnap.environment.v1+json", "digest": f"sha256:{id}",
                   "size": len(document)}})
    index = canonical({
        "schemaVersion": 2, "mediaType": "application/vnd.oci.image.index.v1+json",
        "manifests": [{"mediaType": MANIFEST, "artifactType": SNAPSHOT, "digest": f"sha256:{digest(manifest)}",
                       "size": len(manifest), "annotations": {"org.opencontainers.image.ref.name": id[:12]}}]})
    file = folder / f"{name}.envsnap"
    file.write_bytes(tar([
        ("oci-layout", b'{"imageLayoutVersion":"1.0.0"}'), ("index.json", index),
        (f"blobs/sha256/{digest(manifest)}", manifest), (f"blobs/sha256/{id}", document),
        *((f"blobs/sha256/{hex}", content) for hex, content in sorted(blobs.items()))]))
    return Bundle(file, id, name, project, captured_at, frozenset(blobs))


def family(folder: Path, count: int, prefix: str = "s", projects: int = 1, size: int = 6000) -> list[Bundle]:
    """Bundles that each have a blob of their own, one that all have, and one that some have."""
    folder.mkdir(parents=True, exist_ok=True)
    common = archive(1, size)
    return [
        make(folder, number, f"{prefix}{number}", [common, archive(100 + number % 3, size), archive(1000 + number, size)],
             f"project{number % projects}")
        for number in range(count)]
