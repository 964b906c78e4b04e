# SPDX-License-Identifier: Apache-2.0
"""Small projects whose size is chosen: bytes, files, containers or hosts."""

from __future__ import annotations

import contextlib
from pathlib import Path
from typing import Iterator

from fidelity.world import BUSYBOX, SLEEP, World, send_images

from .bench import HOST_IMAGE, PLAIN, PREFIX, Bench
from .command import Measured, run

# Rewrites one MiB in place, some times a second: data that is never settled.
REWRITE = "dd if=/dev/urandom of=/data/live bs=64k count=16 conv=notrunc 2>/dev/null"
WRITER = ["sh", "-c", f"while true; do {REWRITE}; sleep 0.2; done"]
SUBNET = "10.181.93.0/24"


class Project(World):
    """A project on the machine's engine, named for what it is for.

    It is made by the engine's API with compose's labels: compose v1 needs minutes for two hundred containers.
    """

    def __init__(self, bench: Bench, purpose: str, folder: Path) -> None:
        super().__init__(bench.site, purpose, folder)
        self.project = PREFIX + purpose
        self.default = self.network("default", None, IPAM={"Driver": "default", "Config": [{"Subnet": SUBNET}]})

    def leaf(self, service: str, command: list[str] = SLEEP, start: bool = True) -> None:
        """A busybox on the project's network."""
        self.container(service, command, start=start, networks={self.default: {}}, StopTimeout=1)

    def leaf_with_data(self, command: list[str] = SLEEP) -> Path:
        """A busybox with a volume at /data, and where the volume's files lie."""
        volume = self.volume("data")
        self.container("data", command, networks={self.default: {}}, host={"Binds": [f"{volume}:/data"]}, StopTimeout=1)
        return Path(self.api.get(f"/volumes/{volume}")["Mountpoint"])

    def busy_host(self, service: str) -> None:
        """A host in whose engine a busybox runs."""
        mount = {"Type": "volume", "Source": self.volume(service), "Target": "/var/lib/docker"}
        name = self.container(
            service, None, HOST_IMAGE, networks={self.default: {}}, host={"Privileged": True, "Mounts": [mount]})
        inner = self.site.inside(self.api.get(f"/containers/{name}/json")).wait().api
        send_images(self.api, inner, (BUSYBOX,))
        inner.post("/containers/create", {"Image": BUSYBOX, "Cmd": SLEEP}, {"name": "inner"})
        inner.post("/containers/inner/start")

    def plain_capture(self, out: Path) -> Measured:
        return run([PLAIN / "capture", self.project, self.folder, out, "image"])


@contextlib.contextmanager
def project(bench: Bench, purpose: str) -> Iterator[Project]:
    """A project in a folder of its own; both are removed at the end."""
    bench.clean(purpose)
    with bench.folder(f"project-{purpose}") as folder:
        try:
            yield Project(bench, purpose, folder)
        finally:
            bench.clean(purpose)
