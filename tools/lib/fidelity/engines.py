# SPDX-License-Identifier: Apache-2.0
"""The engines that environments are captured from, and the images of the capsules."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
from pathlib import Path
from typing import Any

from .engine_api import EngineAPI
from .site import Site
from .world import BUSYBOX, HOST_IMAGES, PREFIX, send_images

DEFAULT_SOCKET = "/var/run/docker.sock"
HELD = "runc-held-capabilities"
SYS_RESOURCE = 24


class Engines:
    """The machine's engine ("20.10" here) and a second one in a container ("26")."""

    def __init__(self, state: Path, tools: Path) -> None:
        self.state, self.tools = state, tools
        host = os.environ.get("DOCKER_HOST", f"unix://{DEFAULT_SOCKET}")
        if not host.startswith("unix://"):
            raise SystemExit(f"fidelity: DOCKER_HOST is {host}; files are compared, so it must be a unix socket")
        self.outer = Site(EngineAPI(host.removeprefix("unix://"))).wait()
        version = self.outer.api.get("/version")["Version"]
        self.outer_name = ".".join(version.split("+")[0].split(".")[:2 if version.startswith("20.") else 1])
        self._sites = {self.outer_name: self.outer}
        self._containers: dict[str, str] = {}

    def site(self, engine: str) -> Site:
        """The engine to capture from; the one in a container is started when it is first asked for."""
        if engine not in self._sites:
            self._sites[engine] = self._start(engine)
        return self._sites[engine]

    def address(self, engine: str) -> str:
        return f"unix://{self.site(engine).api.socket_path}"

    def stores_differ(self, engine: str, capsule: str) -> bool:
        """Whether one of the two has containerd's image store and the other has not."""
        return engine.endswith("-containerd") != capsule.endswith("-containerd")

    def command_prefix(self, engine: str) -> list[str] | None:
        """What runs a command beside the engine; None where that is this machine."""
        self.site(engine)
        if engine not in self._containers:
            return None
        docker = ["docker", "-H", f"unix://{self.outer.api.socket_path}", "exec", self._containers[engine]]
        return [*docker, "env", f"DOCKER_HOST={self.address(engine)}"]

    def _start(self, engine: str) -> Site:
        """Starts an engine whose data-root and socket have the same paths inside and outside its container."""
        base, _, store = engine.partition("-")
        folder = self.state / f"engine-{engine}"
        folder.mkdir(parents=True, exist_ok=True)
        name = f"{PREFIX}engine-{engine}"
        socket = folder / "docker.sock"
        self._remove(name)
        configuration = {"bip": "10.181.200.1/24", "features": {"containerd-snapshotter": True} if store else {}}
        (folder / "daemon.json").write_text(json.dumps(configuration))
        self.outer.api.post("/containers/create", {
            "Image": self.host_image(base), "Entrypoint": ["dockerd"],
            "Cmd": ["--host", f"unix://{socket}", "--data-root", f"{folder}/docker", "--config-file", f"{folder}/daemon.json"],
            "HostConfig": {"Privileged": True, "Binds": [f"{self.state}:{self.state}"]},
        }, {"name": name})
        self.outer.api.post(f"/containers/{name}/start")
        self._containers[engine] = name
        inspect = self.outer.api.get(f"/containers/{name}/json")
        inside = Site(EngineAPI(str(socket)), self.outer.process_folder(inspect) + "/root").wait()
        send_images(self.outer.api, inside.api, (BUSYBOX,))
        return inside

    def need_host_image(self, engine: str, captured_on: str) -> None:
        """Puts the hosts' image onto the engine that an environment with hosts is made on."""
        send_images(self.outer.api, self.site(captured_on).api, (HOST_IMAGES[engine],))

    def host_image(self, engine: str) -> str:
        """The image of a capsule, built if it is missing.

        Where the machine lacks CAP_SYS_RESOURCE an engine 20.10 needs the runtime wrapper to
        start privileged containers, as the outermost one does. The name of an engine with
        containerd's image store ends with -containerd.
        """
        base, _, store = engine.partition("-")
        image = HOST_IMAGES[base]
        if not self.outer.api.has_image(image):
            self._build(base)
        configuration: dict[str, Any] = {"features": {"containerd-snapshotter": True}} if store else {}
        if base == "20.10" and not holds_sys_resource():
            configuration |= {"default-runtime": HELD, "runtimes": {HELD: {"path": f"/usr/local/sbin/{HELD}"}}}
        if not configuration:
            return image
        derived = f"{PREFIX}capsule:{engine}"
        if not self.outer.api.has_image(derived):
            self._derive(image, derived, configuration)
        return derived

    def _build(self, engine: str) -> None:
        source = self.state / f"foo-{engine}"
        subprocess.run(["cp", "-a", self.tools / "reproductions/foo", source], check=True)
        environment = os.environ | {"ENVSNAP_TOOLS": str(self.tools)}
        log = self.state / f"foo-{engine}.log"
        with log.open("w") as output:
            done = subprocess.run(
                ["make", "-C", source, f"FOO_HOST_ENGINE={engine}", "host-image"], env=environment, stdout=output,
                stderr=output, check=False)
        subprocess.run(["rm", "-rf", source], check=True)
        if done.returncode != 0:
            raise SystemExit(f"fidelity: the host image for {engine} was not built, see {log}")

    def _derive(self, image: str, derived: str, configuration: dict[str, Any]) -> None:
        context = self.state / "capsule"
        context.mkdir(exist_ok=True)
        lines = [f"FROM {image}", "COPY daemon.json /etc/docker/daemon.json"]
        (context / "daemon.json").write_text(json.dumps(configuration))
        if "runtimes" in configuration:
            shutil.copy(self.tools / "lib" / HELD, context / HELD)
            (context / HELD).chmod(0o755)
            lines += ["RUN apt-get update && apt-get install -y --no-install-recommends jq",
                      f"COPY {HELD} /usr/local/sbin/{HELD}"]
        (context / "Dockerfile").write_text("\n".join(lines))
        subprocess.run(
            ["docker", "build", "--network", "host", "-q", "-t", derived, context], check=True,
            stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, env=os.environ | {"DOCKER_BUILDKIT": "0"})

    def _remove(self, name: str) -> None:
        self.outer.api.delete(f"/containers/{name}", {"force": "1", "v": "1"})

    def stop(self) -> None:
        for name in self._containers.values():
            self._remove(name)


def holds_sys_resource() -> bool:
    with open("/proc/self/status") as status:
        bounding = next(line.split()[1] for line in status if line.startswith("CapBnd:"))
    return bool(int(bounding, 16) >> SYS_RESOURCE & 1)
