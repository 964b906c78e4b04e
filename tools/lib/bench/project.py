# SPDX-License-Identifier: Apache-2.0
"""Small compose projects whose size is chosen: bytes, files, containers or hosts."""

from __future__ import annotations

import contextlib
import json
from pathlib import Path
from typing import Any, Iterator

from fidelity.world import BUSYBOX, SLEEP, send_images

from .bench import HOST_IMAGE, PLAIN, PREFIX, Bench
from .command import Measured, run

# Rewrites one MiB in place, some times a second: data that is never settled.
REWRITE = "dd if=/dev/urandom of=/data/live bs=64k count=16 conv=notrunc 2>/dev/null"
WRITER = ["sh", "-c", f"while true; do {REWRITE}; sleep 0.2; done"]


class Project:
    """One compose project on the machine's engine, named for what it is for."""

    def __init__(self, bench: Bench, purpose: str, folder: Path) -> None:
        self.bench, self.name, self.folder = bench, PREFIX + purpose, folder

    def up(self, services: dict[str, Any], *arguments: str) -> None:
        content: dict[str, Any] = {"version": "3.8", "services": services}
        volumes = {mount.split(":")[0] for s in services.values() for mount in s.get("volumes", [])}
        if volumes:
            content["volumes"] = {volume: {} for volume in sorted(volumes)}
        (self.folder / "docker-compose.yml").write_text(json.dumps(content, indent=2))
        self.compose("up", *(arguments or ("-d",)))

    def compose(self, *arguments: str) -> None:
        run([*self.bench.compose, *arguments], {"COMPOSE_PROJECT_NAME": self.name, "COMPOSE_HTTP_TIMEOUT": "300"}, self.folder)

    def volume(self, name: str = "data") -> Path:
        """Where a volume's files lie."""
        return Path(self.bench.api.get(f"/volumes/{self.name}_{name}")["Mountpoint"])

    def plain_capture(self, out: Path) -> Measured:
        return run([PLAIN / "capture", self.name, self.folder, out, "image"])

    def start_in_hosts(self) -> None:
        """Starts a busybox in the engine of each host."""
        for container in self.bench.api.containers(self.name):
            inner = self.bench.site.inside(container).wait().api
            send_images(self.bench.api, inner, (BUSYBOX,))
            inner.post("/containers/create", {"Image": BUSYBOX, "Cmd": SLEEP}, {"name": "inner"})
            inner.post("/containers/inner/start")


@contextlib.contextmanager
def project(bench: Bench, purpose: str) -> Iterator[Project]:
    """A project in a folder of its own; both are removed at the end."""
    bench.clean(purpose)
    with bench.folder(f"project-{purpose}") as folder:
        try:
            yield Project(bench, purpose, folder)
        finally:
            bench.clean(purpose)


def leaf(command: list[str] = SLEEP, volume: str | None = None) -> dict[str, Any]:
    """A service of one busybox, with a volume at /data if one is named."""
    service: dict[str, Any] = {"image": BUSYBOX, "command": command, "stop_grace_period": "1s"}
    return service | ({"volumes": [f"{volume}:/data"]} if volume else {})


def host(name: str) -> dict[str, Any]:
    """A service that is a host, with a volume for its engine's data."""
    return {"image": HOST_IMAGE, "privileged": True, "volumes": [f"{name}:/var/lib/docker"], "stop_grace_period": "10s"}
