# SPDX-License-Identifier: Apache-2.0
"""An independent look at a store's folder: with sqlite3 and hashlib, and without envsnap."""

from __future__ import annotations

import hashlib
import re
import sqlite3
from contextlib import closing
from pathlib import Path

# What a store that rests may have at its top; folders of replays and of kept layers may be empty.
NAMES = re.compile(r"blobs|snapshots|tmp|lock|locks|catalogue\.sqlite(-journal|\.checked|\.reserve|\.v\d+\.backup)?")
EMPTY = re.compile(r"unpacked|stamps|replays")


def problems(store: Path, gathered: bool = True) -> list[str]:
    """What is wrong with a store that rests; after a garbage collection nothing may be left over either."""
    found = _files(store)
    if not (store / "catalogue.sqlite").exists():
        return found + ["there is no catalogue"]
    with closing(sqlite3.connect(f"file:{store}/catalogue.sqlite?mode=ro", uri=True)) as catalogue:
        try:
            found += _catalogue(store, catalogue, gathered)
        except sqlite3.DatabaseError as error:
            found.append(f"the catalogue: {error}")
    if gathered:
        found += [f"left in tmp: {name}" for name in _names(store / "tmp")]
        found += [f"left in the store: {name}" for name in _names(store) if not _belongs(store, name)]
    return found


def _belongs(store: Path, name: str) -> bool:
    return bool(NAMES.fullmatch(name)) or bool(EMPTY.fullmatch(name)) and not _names(store / name)


def _files(store: Path) -> list[str]:
    """Every file that is named by a digest has it."""
    found = []
    for folder, suffix in ((store / "blobs/sha256", ""), (store / "snapshots", ".json")):
        for name in _names(folder):
            content = (folder / name).read_bytes()
            if hashlib.sha256(content).hexdigest() + suffix != name:
                found.append(f"{folder.name}/{name[:12]} is not what its name says")
    return found


def _catalogue(store: Path, catalogue: sqlite3.Connection, gathered: bool) -> list[str]:
    found = [f"the catalogue: {row[0]}" for row in catalogue.execute("PRAGMA integrity_check") if row[0] != "ok"]
    found += [f"the catalogue: a row of {row[0]} refers to none" for row in catalogue.execute("PRAGMA foreign_key_check")]
    files = set(_names(store / "blobs/sha256"))
    documents = {name.removesuffix(".json") for name in _names(store / "snapshots")}
    known = {id for id, in catalogue.execute("SELECT id FROM snapshot")}
    rows = catalogue.execute(
        "SELECT stored_digest, stored_size, number IN (SELECT blob FROM snapshot_blob) FROM blob").fetchall()
    found += [f"the document of {id[:12]} is not there" for id in known - documents]
    for stored, size, is_needed in rows:
        if is_needed and stored not in files:
            found.append(f"the blob {stored[:12]} is not there")
        elif is_needed and (store / "blobs/sha256" / stored).stat().st_size != size:
            found.append(f"the blob {stored[:12]} has another size")
    if gathered:
        needed = {stored for stored, _, is_needed in rows if is_needed}
        found += [f"the document {id[:12]} is no snapshot's" for id in documents - known]
        found += [f"the blob {file[:12]} is no snapshot's" for file in files - needed]
        found += [f"a row of the blob {stored[:12]}, which no snapshot needs" for stored, _, is_needed in rows
                  if not is_needed]
    return found


def _names(folder: Path) -> list[str]:
    return sorted(entry.name for entry in folder.iterdir()) if folder.is_dir() else []
