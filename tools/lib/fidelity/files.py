# SPDX-License-Identifier: Apache-2.0
"""Reads a tree of files as facts: everything the file system knows of each entry."""

from __future__ import annotations

import hashlib
import os
import stat
from typing import Any

KINDS = {
    stat.S_IFREG: "file", stat.S_IFDIR: "folder", stat.S_IFLNK: "link", stat.S_IFIFO: "fifo",
    stat.S_IFSOCK: "socket", stat.S_IFCHR: "character device", stat.S_IFBLK: "block device",
}
# How overlayfs keeps its own books; of these only `opaque` says something about the content.
OVERLAY = "trusted.overlay."


def read_tree(path: str, skip: tuple[str, ...] = ()) -> dict[str, dict[str, Any]]:
    """Every entry below `path` by its relative name, itself as ".".

    Folders in `skip` (relative names) are listed without what is in them.
    """
    entries: dict[str, dict[str, Any]] = {}
    same_file: dict[tuple[int, int], list[str]] = {}
    pending = [os.fsencode(path)]
    top = os.fsencode(path)
    while pending:
        current = pending.pop()
        relative = os.path.relpath(current, top)
        name = relative.decode("utf-8", "backslashreplace")
        status = os.lstat(current)
        entry = _entry(current, status)
        if entry["kind"] == "socket":
            continue
        entries[name] = entry
        if entry["kind"] == "folder":
            if name not in skip:
                pending.extend(os.path.join(current, child) for child in os.listdir(current))
        elif status.st_nlink > 1:
            same_file.setdefault((status.st_dev, status.st_ino), []).append(name)
    for names in same_file.values():
        if len(names) > 1:
            for name in names:
                entries[name]["same file as"] = " ".join(sorted(names))
    return entries


def _entry(path: bytes, status: os.stat_result) -> dict[str, Any]:
    kind = KINDS[stat.S_IFMT(status.st_mode)]
    if kind == "character device" and status.st_rdev == 0:
        # overlayfs: the image's entry of this name was removed. Its times mean nothing.
        return {"kind": "removed"}
    entry: dict[str, Any] = {
        "kind": kind, "mode": oct(stat.S_IMODE(status.st_mode)), "user": status.st_uid,
        "group": status.st_gid, "modified": status.st_mtime_ns,
    }
    if kind == "file":
        entry |= {"size": status.st_size, "sha256": _digest(path), "allocated": status.st_blocks * 512}
    elif kind == "link":
        entry["target"] = os.readlink(path).decode("utf-8", "backslashreplace")
    elif kind.endswith("device"):
        entry["device"] = f"{os.major(status.st_rdev)}:{os.minor(status.st_rdev)}"
    for name in sorted(os.listxattr(path, follow_symlinks=False)):
        if not name.startswith(OVERLAY):
            entry[f"attribute {name}"] = os.getxattr(path, name, follow_symlinks=False).hex()
        elif name == OVERLAY + "opaque":
            entry["replaces the image's folder"] = True
    return entry


def _digest(path: bytes) -> str:
    digest = hashlib.sha256()
    # Not through open(): that would change the time of the last access.
    descriptor = os.open(path, os.O_RDONLY | os.O_NOATIME | os.O_NOFOLLOW)
    with os.fdopen(descriptor, "rb") as stream:
        while block := stream.read(1 << 20):
            digest.update(block)
    return digest.hexdigest()
