# SPDX-License-Identifier: Apache-2.0
"""What a round of capture, replay and removal could leave behind: on engines, in the store, on the machine.

Only what is this family's own is looked at, by name or because it was seen to belong to a capsule: others may use the
same engine at the same time.
"""

from __future__ import annotations

import os
import re
import sqlite3
import time
from pathlib import Path
from typing import Any, Callable

from .engine_api import EngineAPI
from .reading import PREDEFINED
from .site import Site

Kinds = dict[str, set[str]]


def settled(look: Callable[[], Kinds], wanted: Kinds, seconds: float = 5) -> list[str]:
    """What is not as wanted, once it has had a moment: engines end a command a little later than the command's caller."""
    deadline = time.monotonic() + seconds
    while (found := look()) != wanted and time.monotonic() < deadline:
        time.sleep(0.2)
    return [f"left behind: {kind}: {sorted(found[kind] ^ wanted[kind])}" for kind in wanted if found[kind] != wanted[kind]]


def of_project(site: Site, project: str) -> Kinds:
    """Everything on an engine that bears the project's name, and everything on the engines inside its hosts."""
    def ours(names: list[str]) -> set[str]:
        return {name for name in names if project in name}

    containers = site.api.containers(project)
    kinds = {
        "containers": ours([n for c in site.api.get("/containers/json", {"all": "1"}) for n in c["Names"]]),
        "networks": ours([n["Name"] for n in site.api.get("/networks")]),
        "volumes": ours([v["Name"] for v in site.api.get("/volumes")["Volumes"] or []]),
        "images": ours([t for i in site.api.get("/images/json") for t in i.get("RepoTags") or []]),
        "commands": {command for c in containers for command in c["ExecIDs"] or []},
    }
    for container in containers:
        inner = site.inside(container)
        if container["HostConfig"]["Privileged"] and inner.api.answers():
            kinds |= {f"{kind} in {container['Name']}": found for kind, found in _everything(inner.api).items()}
    return kinds


def _everything(api: EngineAPI) -> Kinds:
    containers = api.containers()
    return {
        "containers": {c["Id"] for c in containers},
        "networks": {n["Id"] for n in api.get("/networks")},
        "volumes": {v["Name"] for v in api.get("/volumes")["Volumes"] or []},
        "images": {f"{i['Id']} {t}" for i in api.get("/images/json") for t in i.get("RepoTags") or ["none"]},
        "commands": {command for c in containers for command in c["ExecIDs"] or []},
        "states": {f"{c['Id']} {c['State']['Status']}" for c in containers},
    }


class Capsule:
    """What one capsule was made of, noted while it ran."""

    def __init__(self, api: EngineAPI, inspect: dict[str, Any]) -> None:
        self.api, self.id = api, inspect["Id"]
        self.volumes = [m["Name"] for m in inspect["Mounts"] if m["Type"] == "volume"]
        self.networks = [n for n in inspect["NetworkSettings"]["Networks"] if n not in PREDEFINED]

    def remains(self) -> Kinds:
        """What of it is still there, its control groups and their processes among it."""
        return {
            "the capsule": {c["Id"] for c in self.api.get("/containers/json", {"all": "1"})} & {self.id},
            "its volumes": {v["Name"] for v in self.api.get("/volumes")["Volumes"] or []} & set(self.volumes),
            "its networks": {n["Name"] for n in self.api.get("/networks")} & set(self.networks),
            "its control groups": {folder for folder, _, _ in os.walk("/sys/fs/cgroup") if self.id in folder},
        }


def of_machine(store: Path, temporary: Path) -> Kinds:
    """Mounts, processes that were given this store, and temporary files."""
    with open("/proc/self/mountinfo") as table:
        mounts = {line.split()[4] for line in table}
    return {
        "mounts": {mount for mount in mounts if mount.startswith(str(store))},
        "processes": {f.parent.name for f in Path("/proc").glob("[0-9]*/environ") if f"ENVSNAP_STORE={store}\0" in _text(f)},
        "temporary files": {entry.name for entry in temporary.iterdir()},
    }


def of_store(store: Path, snapshots: set[str]) -> list[str]:
    """What is in the store beside these snapshots and what they need."""
    def names(folder: str) -> set[str]:
        return {entry.name for entry in (store / folder).iterdir()}

    catalogue = sqlite3.connect(f"file:{store}/catalogue.sqlite?mode=ro", uri=True)
    try:
        stored = dict(catalogue.execute("SELECT raw_digest, stored_digest FROM blob"))
        known = {id for id, in catalogue.execute("SELECT id FROM snapshot")}
        replays = {name for name, in catalogue.execute("SELECT name FROM replay")}
    finally:
        catalogue.close()
    documents = "".join((store / "snapshots" / name).read_text() for name in names("snapshots"))
    named = set(re.findall(r"(?<![0-9a-f])[0-9a-f]{64}(?![0-9a-f])", documents))
    found = {
        "documents": names("snapshots") ^ {f"{id}.json" for id in snapshots},
        "snapshots in the catalogue": known ^ snapshots,
        "replays in the catalogue": replays,
        "blobs without an owner": {b for b in names("blobs/sha256") if b not in {stored[raw] for raw in named & stored.keys()}},
        "blobs in the catalogue alone": set(stored.values()) - names("blobs/sha256"),
        "blobs unknown to the catalogue": names("blobs/sha256") - set(stored.values()),
        "transactions": names("tmp"),
        "other files": {e.name for e in store.iterdir()} - {
            "blobs", "snapshots", "tmp", "lock", "catalogue.sqlite", "catalogue.sqlite.checked", "catalogue.sqlite.reserve"},
    }
    return [f"in the store: {kind}: {sorted(what)}" for kind, what in found.items() if what]


def _text(path: Path) -> str:
    try:
        return path.read_text(errors="replace")
    except OSError:
        return ""
