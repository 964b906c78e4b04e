# SPDX-License-Identifier: Apache-2.0
"""A small project on the real engine, and what of it and of replays is there."""

from __future__ import annotations

import os
from pathlib import Path

from fidelity.engine_api import EngineAPI, EngineError
from fidelity.site import Site
from fidelity.world import World, clean

PREFIX = "faults-"
PROJECT = f"{PREFIX}small"
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

    def __init__(self, folder: Path, site: Site | None = None) -> None:
        super().__init__(site or Site(EngineAPI(engine_address())).wait(), "small", folder)
        self.project = PROJECT

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


class Hosted(Project):
    """The same beside a host: an engine in a container, with a container in it."""

    def up(self) -> None:
        super().up()
        self.host("host", StopTimeout=1).container("leaf", StopTimeout=1)

    @property
    def host_name(self) -> str:
        return f"{self.project}_host_1"

    def process(self) -> int:
        """The process of the host's engine, which is the first of its container; 0 where it does not run."""
        try:
            return self.state(self.host_name)["Pid"]
        except EngineError:
            return 0

    def start_host(self) -> None:
        """Starts the host again, whose engine was killed."""
        layer = Path(self.api.get(f"/containers/{self.host_name}/json")["GraphDriver"]["Data"]["UpperDir"])
        remove_numbers(layer / "run/docker.pid", layer / "run/docker")
        self.start(self.host_name)

    def again(self) -> None:
        """Starts what a dead engine left stopped."""
        for container in self.api.containers(self.project):
            if not container["State"]["Running"]:
                self.start_host() if container["Name"] == f"/{self.host_name}" else self.start(container["Id"])
        root = f"/proc/{self.process()}/root"
        inside = Site(EngineAPI(f"{root}/run/docker.sock"), root).wait()
        for container in inside.api.containers():
            if not container["State"]["Running"]:
                inside.api.post(f"/containers/{container['Id']}/start")


def remove_numbers(pidfile: Path, exec_root: Path) -> None:
    """Removes what a killed engine has left of the numbers of its processes.

    Where another process has its containerd's number by then, or nobody has reaped it, the next engine would wait for a
    containerd that never answers.
    """
    for stale in (pidfile, exec_root / "containerd" / "containerd.pid"):
        stale.unlink(missing_ok=True)


def is_running() -> bool:
    return Path(engine_address()).exists() and EngineAPI(engine_address()).answers()
