# SPDX-License-Identifier: Apache-2.0
"""A small project on the real engine, and what of it and of replays is there."""

from __future__ import annotations

import os
from pathlib import Path

from fidelity.engine_api import EngineAPI
from fidelity.site import Site
from fidelity.world import World, clean

PREFIX = "faults-"
REPLAY = "faults-replay"
SUBNET = "10.181.77.0/24"


def engine_address() -> str:
    """The socket of the machine's engine."""
    host = os.environ.get("DOCKER_HOST", "unix:///var/run/docker.sock")
    if not host.startswith("unix://"):
        raise SystemExit(f"faults: DOCKER_HOST is {host}; requests are counted at a unix socket")
    return host.removeprefix("unix://")


class Project(World):
    """Two containers on a network, with a volume, a writable layer and a folder."""

    def __init__(self, folder: Path) -> None:
        super().__init__(Site(EngineAPI(engine_address())).wait(), "small", folder)
        self.project = f"{PREFIX}small"

    def up(self) -> None:
        clean(self.api, PREFIX)
        self.write("files/note", "a note")
        network = self.network("default", None, IPAM={"Driver": "default", "Config": [{"Subnet": SUBNET}]})
        volume = self.volume("data")
        self.container(
            "one", networks={network: {}}, StopTimeout=1,
            host={"Binds": [f"{volume}:/data", f"{self.folder}/files:/files:ro"]})
        self.container("two", networks={network: {}}, StopTimeout=1)
        self.shell(f"{self.project}_one_1", "head -c 300000 /dev/urandom >/data/bytes; echo x >/etc/made")

    def down(self) -> None:
        clean(self.api, PREFIX)

    def paused(self) -> list[str]:
        """The project's containers that stand still."""
        return [c["Name"] for c in self.api.containers(self.project) if c["State"]["Paused"]]

    def of_replay(self) -> list[str]:
        """Everything on the engine that bears the replay's label or its name."""
        filters = {"label": [f"io.envsnap.replay={REPLAY}"]}
        found = {f"container {c['Id'][:12]}" for c in self.api.get("/containers/json", {"all": "1", "filters": filters})}
        found |= {f"network {n['Name']}" for n in self.api.get("/networks", {"filters": filters})}
        found |= {f"volume {v['Name']}" for v in self.api.get("/volumes", {"filters": filters})["Volumes"] or []}
        found |= {f"container {n}" for c in self.api.get("/containers/json", {"all": "1"}) for n in c["Names"] if REPLAY in n}
        found |= {f"image {t}" for i in self.api.get("/images/json") for t in i.get("RepoTags") or [] if REPLAY in t}
        return sorted(found)

    def replayed(self) -> list[str]:
        """The names of all containers of the project, whoever made them."""
        return sorted(c["Name"] for c in self.api.containers(self.project))

    def spoil(self) -> None:
        """Changes what a reset has to put back."""
        self.shell(f"{self.project}_one_1", "echo spoilt >/data/bytes; echo y >/etc/made; touch /data/more")


def is_running() -> bool:
    return Path(engine_address()).exists() and EngineAPI(engine_address()).answers()
