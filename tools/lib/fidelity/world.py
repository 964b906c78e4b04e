# SPDX-License-Identifier: Apache-2.0
"""What an environment is made with: containers, networks, volumes, images and files of one project."""

from __future__ import annotations

import io
import json
import os
import shutil
import subprocess
import tarfile
import time
from pathlib import Path
from typing import Any, Callable

from .engine_api import EngineAPI, EngineError
from .site import Site

# All names begin with it, so that what an interrupted run left is known and removed.
PREFIX = "fid-"
IMAGE_PREFIX = "envsnap-fidelity/"
BUSYBOX = "busybox:latest"
SLEEP = ["sleep", "1000000"]
HOST_IMAGES = {"26": "bar-company/foo-host:dev", "20.10": "bar-company/foo-host:dev-20.10"}
LABELS = "com.docker.compose."


class ComposeError(Exception):
    """A compose tool that failed."""


class World:
    """One project on one engine. All containers carry compose's labels, made by compose or not."""

    def __init__(self, site: Site, name: str, folder: Path, run_in: list[str] | None = None) -> None:
        """`run_in` is the command that brings a program to where the engine's compose v2 is."""
        self.site, self.api, self.project, self.folder = site, site.api, PREFIX + name, folder
        self.compose_v2_in = run_in
        self.folder.mkdir(parents=True, exist_ok=True)
        self.compose_files: dict[str, Any] | None = None
        self.compose_version = 0
        self.images: list[str] = []
        self._written: dict[str, tuple[str, int]] = {}

    @property
    def modern(self) -> bool:
        """Whether the engine takes what API 1.44 brought."""
        version = self.api.get("/version")["ApiVersion"].split(".")
        return (int(version[0]), int(version[1])) >= (1, 44)

    def subnet(self, number: int = 0) -> str:
        """The first three numbers of a subnet."""
        return f"10.181.{10 + number}"

    # Files

    def write(self, path: str, content: str = "", mode: int = 0o644) -> Path:
        self._written[path] = content, mode
        file = self.folder / path
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(content)
        file.chmod(mode)
        return file

    def write_again(self) -> None:
        """Puts all written files back, for a compose tool that runs on this machine."""
        for path, (content, mode) in dict(self._written).items():
            self.write(path, content, mode)

    # Objects by the engine's API

    def labels(self, service: str, number: int = 1, oneoff: bool = False) -> dict[str, str]:
        values = {
            "project": self.project, "service": service, "container-number": str(number), "oneoff": str(oneoff),
            "version": "1.29.2", "config-hash": "0" * 64, "project.working_dir": str(self.folder),
            "project.config_files": "docker-compose.yml",
        }
        return {LABELS + key: value for key, value in values.items()}

    def container(
        self, service: str, command: list[str] | None = SLEEP, image: str = BUSYBOX, start: bool = True,
        networks: dict[str, dict[str, Any]] | None = None, host: dict[str, Any] | None = None,
        number: int = 1, name: str | None = None, oneoff: bool = False, **config: Any,
    ) -> str:
        """Makes a container, by default without a network, and returns its name.

        `config` are members of the request's top level, `host` those of its HostConfig. With
        `networks` (name -> endpoint settings) the first is the network mode.
        """
        if not (self.folder / "docker-compose.yml").exists():
            self.write("docker-compose.yml", '{"version": "2.4", "services": {}}')
        full = name or f"{self.project}_{service}_{number}"
        host = {"NetworkMode": "none"} | (host or {})
        body = {"Image": image, **config}
        if command is not None:
            body["Cmd"] = command
        body["Labels"] = self.labels(service, number, oneoff) | config.get("Labels", {})
        first, *rest = (networks or {}).items() or [(None, None)]
        if first[0]:
            host["NetworkMode"] = first[0]
            body["NetworkingConfig"] = {"EndpointsConfig": dict([first])}
        body["HostConfig"] = host
        self.api.post("/containers/create", body, {"name": full})
        for network, endpoint in rest:
            self.api.post(f"/networks/{network}/connect", {"Container": full, "EndpointConfig": endpoint})
        if start:
            self.start(full)
        return full

    def start(self, container: str) -> None:
        self.api.post(f"/containers/{container}/start")

    def network(self, name: str, number: int | None = 0, driver: str = "bridge", **body: Any) -> str:
        full = f"{self.project}_{name}"
        labels = {LABELS + "project": self.project, LABELS + "network": name, LABELS + "version": "1.29.2"}
        if number is not None:
            body.setdefault("IPAM", {"Driver": "default", "Config": [{"Subnet": f"{self.subnet(number)}.0/24"}]})
        labels |= body.pop("Labels", {})
        self.api.post(
            "/networks/create", {"Name": full, "Driver": driver, "CheckDuplicate": True, "Labels": labels, **body})
        return full

    def volume(self, name: str, **body: Any) -> str:
        full = f"{self.project}_{name}"
        labels = {LABELS + "project": self.project, LABELS + "volume": name, LABELS + "version": "1.29.2"}
        labels |= body.pop("Labels", {})
        self.api.post("/volumes/create", {"Name": full, "Labels": labels, **body})
        return full

    def image(self, name: str, *lines: str, tag: str = "dev") -> str:
        """Builds an image from busybox with these lines of a Dockerfile."""
        reference = f"{IMAGE_PREFIX}{name}:{tag}"
        content = "\n".join(("FROM busybox:latest", *lines)).encode()
        stream = io.BytesIO()
        with tarfile.open(fileobj=stream, mode="w") as tar:
            member = tarfile.TarInfo("Dockerfile")
            member.size = len(content)
            tar.addfile(member, io.BytesIO(content))
        answer = self.api.post("/build", stream.getvalue(), {"t": reference, "rm": "1", "version": "1"})
        if not self.api.has_image(reference):
            raise RuntimeError(f"{reference} was not built: {answer!r}")
        self.images.append(reference)
        return reference

    # What happens in a container

    def shell(self, container: str, script: str) -> None:
        """Runs a script in a container as root."""
        made = self.api.post(
            f"/containers/{container}/exec",
            {"Cmd": ["sh", "-euc", script], "User": "0", "AttachStdout": True, "AttachStderr": True})
        output = self.api.post(f"/exec/{made['Id']}/start", {"Detach": False, "Tty": False})
        status = self.api.get(f"/exec/{made['Id']}/json")["ExitCode"]
        if status != 0:
            raise RuntimeError(f"in {container}: {script!r} ended with {status}: {output!r}")

    def until(self, what: Callable[[], bool], seconds: float = 30) -> None:
        deadline = time.monotonic() + seconds
        while not what():
            if time.monotonic() > deadline:
                raise RuntimeError(f"{self.project}: what was waited for did not happen")
            time.sleep(0.1)

    def state(self, container: str) -> dict[str, Any]:
        return self.api.get(f"/containers/{container}/json")["State"]

    def wait_exited(self, container: str) -> None:
        self.until(lambda: self.state(container)["Status"] == "exited")

    def wait_health(self, container: str, status: str = "healthy") -> None:
        self.until(lambda: self.state(container)["Health"]["Status"] == status)

    # Compose

    def compose(self, services: dict[str, Any], version: str = "2.4", **rest: Any) -> None:
        """Brings a compose project up with the machine's docker-compose (v1)."""
        self._compose({"version": version, "services": services, **rest}, 1)

    def compose_v2(self, services: dict[str, Any], **rest: Any) -> None:
        """The same with the compose v2 beside the engine."""
        self._compose({"services": services, **rest}, 2)

    def _compose(self, content: dict[str, Any], version: int) -> None:
        self.compose_files, self.compose_version = content, version
        self.write("docker-compose.yml", json.dumps(content, indent=2))
        self.run_compose("up", "-d")

    def run_compose(self, *arguments: str) -> str:
        if self.compose_version == 2:
            command = [*(self.compose_v2_in or []), "docker-compose", "--project-directory", str(self.folder)]
            command += ["-f", f"{self.folder}/docker-compose.yml"]
        else:
            command = ["docker-compose"]
        return run_compose([*command, "-p", self.project, *arguments], self.folder, self.api.socket_path)

    # Hosts

    def host(self, service: str, engine: str = "26", inner: tuple[str, ...] = (BUSYBOX,), **options: Any) -> World:
        """Makes a host, an engine in a container, puts images into it, and returns its world."""
        host = options.pop("host", None)
        if host is None:
            volume = self.volume(f"{service}-docker")
            host = {"Privileged": True, "Mounts": [{"Type": "volume", "Source": volume, "Target": "/var/lib/docker"}]}
        name = self.container(
            service, command=None, image=HOST_IMAGES[engine], host=host, **options)
        site = self.site.inside(self.api.get(f"/containers/{name}/json")).wait()
        send_images(self.api, site.api, inner)
        return World(site, service, self.folder / service)

    # Removal

    def remove(self) -> None:
        """Removes everything of the project, and its images."""
        clean(self.api, f"{self.project}_", f"{self.project}-")
        for image in self.images:
            self.api.delete(f"/images/{image}", {"force": "1"})
        shutil.rmtree(self.folder, ignore_errors=True)


def run_compose(command: list[str], folder: Path, socket_path: str) -> str:
    environment = os.environ | {"DOCKER_HOST": f"unix://{socket_path}", "COMPOSE_HTTP_TIMEOUT": "120"}
    done = subprocess.run(
        command, cwd=folder, env=environment, stdin=subprocess.DEVNULL, capture_output=True, text=True, timeout=300)
    if done.returncode != 0:
        raise ComposeError(f"{' '.join(command)}: {done.stderr.strip()[-800:]}")
    return done.stdout + done.stderr


def send_images(source: EngineAPI, target: EngineAPI, references: tuple[str, ...]) -> None:
    """Copies the images that the target lacks from one engine to the other."""
    missing = [reference for reference in references if not target.has_image(reference)]
    if missing:
        query = "&".join(f"names={reference}" for reference in missing)
        target.post("/images/load", source.request("GET", f"/images/get?{query}"))


def clean(api: EngineAPI, *prefixes: str) -> None:
    """Removes the containers, networks and volumes whose names begin so, by default all of the family's."""
    begin = tuple(start + prefix for prefix in prefixes or (PREFIX,) for start in ("", "envsnap-"))
    for container in api.get("/containers/json", {"all": "1"}):
        if any(name.lstrip("/").startswith(begin) for name in container["Names"]):
            remove_container(api, container["Id"])
    for network in api.get("/networks"):
        if network["Name"].startswith(begin):
            api.delete(f"/networks/{network['Id']}")
    for volume in api.get("/volumes")["Volumes"] or []:
        if volume["Name"].startswith(begin):
            api.delete(f"/volumes/{volume['Name']}", {"force": "1"})


def clean_images(api: EngineAPI) -> None:
    """Removes the images of the family that an interrupted run left."""
    for image in api.get("/images/json"):
        for tag in image.get("RepoTags") or []:
            if tag.startswith(IMAGE_PREFIX):
                api.delete(f"/images/{tag}", {"force": "1"})


def remove_container(api: EngineAPI, container: str) -> None:
    """Removes a container, with whatever runs in it.

    What an engine inside has paused cannot be killed, and the container with it (trap X-07), so
    that is set going first. A host with much in it may take longer than engines wait for.
    """
    for attempt in range(4):
        thaw(container)
        try:
            return api.delete(f"/containers/{container}", {"force": "1", "v": "1"})
        except EngineError:
            if attempt == 3:
                raise
            time.sleep(2)


def thaw(container: str) -> None:
    """Sets going what is frozen below a container's control group (version 1 or 2)."""
    for folder, _, files in os.walk("/sys/fs/cgroup"):
        if container not in folder:
            continue
        for file, going in (("freezer.state", "THAWED"), ("cgroup.freeze", "0")):
            if file in files:
                Path(folder, file).write_text(going)
