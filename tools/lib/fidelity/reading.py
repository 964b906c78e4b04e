# SPDX-License-Identifier: Apache-2.0
"""Reads everything of an environment as facts: object -> field -> value."""

from __future__ import annotations

import io
import json
import tarfile
from typing import Any

from .files import read_tree
from .names import Names, arrange_container, arrange_network, container_name
from .processes import own_namespaces, read_process
from .site import Site

Facts = dict[str, dict[str, Any]]
# Folders of a machine that are its own, not the environment's.
SYSTEM = ("/proc", "/sys", "/dev", "/run", "/var/run", "/boot", "/lib/modules", "/usr/lib/modules", "/usr/src")
# No name at all, and the names that envsnap gives to images of capsules: somebody else's replay may run from the same.
NO_NAMES = ("<none>", "envsnap/capsule:")
PREDEFINED = ("bridge", "host", "none")
CONTAINERD_STORE = "io.containerd.snapshotter.v1"


class Reader:
    """Reads one engine, and the engines inside its containers."""

    def __init__(self, site: Site, project: str | None, path: str = "") -> None:
        """Without a project everything of the engine belongs to the environment."""
        self.site, self.project, self.path = site, project, path
        self.info = site.api.get("/info")
        self.facts: Facts = {}
        self.running = True

    def read(self, files: bool = True, images: bool = True) -> Facts:
        self.containers = sorted(self.site.api.containers(self.project), key=container_name)
        self.networks = self._networks()
        self.volumes = self._volumes()
        self.images = self._images() if images else {}
        self.names = Names(
            self.containers, self.networks, {i: self._configuration(i) for i in self.images} if images else {})
        self._inspect_facts()
        hosts = self._hosts()
        self._process_facts(hosts)
        if files:
            self._file_facts(hosts)
        for name, inner in hosts.items():
            reader = Reader(inner, None, f"{self.path}{name}/")
            reader.facts = self.facts
            self._engine_facts(name, reader.info)
            reader.read(files, images)
        return self.facts

    def _object(self, kind: str, name: str) -> dict[str, Any]:
        return self.facts.setdefault(f"{kind} {self.path}{name}", {})

    # What the engine answers

    def _networks(self) -> list[dict[str, Any]]:
        used = {name for c in self.containers for name in c["NetworkSettings"]["Networks"]}
        return [
            n for n in self.site.api.networks()
            if n["Name"] in used or (n["Name"] not in PREDEFINED and self._belongs(n))
        ]

    def _volumes(self) -> list[dict[str, Any]]:
        used = {m.get("Name") for c in self.containers for m in c["Mounts"]}
        return [v for v in self.site.api.volumes() if v["Name"] in used or self._belongs(v)]

    def _belongs(self, thing: dict[str, Any]) -> bool:
        labels = thing.get("Labels") or {}
        return self.project is None or labels.get("com.docker.compose.project") == self.project

    def _images(self) -> dict[str, dict[str, Any]]:
        wanted = {c["Image"] for c in self.containers}
        if self.project is None:
            wanted |= {i["Id"] for i in self.site.api.get("/images/json")}
        return {i: self.site.api.image(i) for i in sorted(wanted) if self.site.api.has_image(i)}

    @property
    def _has_containerd_store(self) -> bool:
        return CONTAINERD_STORE in json.dumps(self.info.get("DriverStatus"))

    def _configuration(self, image: str) -> str:
        """The digest of an image's configuration: its id, but for the containerd store."""
        if not self._has_containerd_store:
            return image.removeprefix("sha256:")
        archive = self.site.api.request("GET", f"/images/{image}/get")
        with tarfile.open(fileobj=io.BytesIO(archive)) as tar:
            manifest = json.load(tar.extractfile("manifest.json"))  # type: ignore[arg-type]
        return manifest[0]["Config"].rsplit("/", 1)[-1].removesuffix(".json")

    def _inspect_facts(self) -> None:
        for container in self.containers:
            arrange_container(container)
            self._object("container", container_name(container)).update(self.names.flatten(container))
        for network in self.networks:
            arrange_network(network)
            if network["Name"] in PREDEFINED:
                # The engine's own; containers of others may be on it.
                mine = {c["Id"] for c in self.containers}
                network["Containers"] = {i: m for i, m in network["Containers"].items() if i in mine}
            self._object("network", network["Name"]).update(self.names.flatten(network))
        for volume in self.volumes:
            self._object("volume", self.names.text(volume["Name"])).update(self.names.flatten(volume))
        for identifier, image in self.images.items():
            image["RepoTags"] = sorted(t for t in image.get("RepoTags") or [] if not t.startswith(NO_NAMES))
            facts = self._object("image", self.names.text(identifier))
            facts.update(self.names.flatten(image))
            if self._has_containerd_store:
                # The id is the manifest's digest, which the classic store does not keep.
                facts["Manifest"] = identifier

    def _engine_facts(self, host: str, info: dict[str, Any]) -> None:
        fields = (
            "ServerVersion", "Driver", "CgroupDriver", "CgroupVersion", "DefaultRuntime", "LoggingDriver", "Name",
            "DockerRootDir", "SecurityOptions", "LiveRestoreEnabled", "FirewallBackend", "RegistryConfig")
        facts = self._object("engine", host)
        facts.update(self.names.flatten({field: info.get(field) for field in fields if field != "Name"}))
        # The host's name, which may be its own short id of once.
        facts["Name"] = info["Name"]

    # What the kernel says

    def _live(self) -> list[dict[str, Any]]:
        return [c for c in self.containers if c["State"]["Running"] and c["State"]["Pid"]]

    def _process_facts(self, hosts: dict[str, Site]) -> None:
        own = self.site.call(own_namespaces)
        readings = {
            container_name(c): self.site.call(read_process, c["State"]["Pid"], list(c["HostConfig"].get("Sysctls") or {}))
            for c in self._live()
        }
        networks = {
            endpoint["MacAddress"]: network for c in self.containers
            for network, endpoint in c["NetworkSettings"]["Networks"].items() if endpoint.get("MacAddress")
        }
        for name, reading in readings.items():
            for kind, link in reading["namespace"].items():
                sharers = sorted(n for n, other in readings.items() if other["namespace"][kind] == link)
                reading["namespace"][kind] = "the engine's" if link == own[kind] else " ".join(sharers)
            if reading["namespace"]["net"] == "the engine's":
                for part in ("interfaces", "routes", "routes6"):
                    reading[part] = None
            self._leave_out_the_engines(name, reading)
            if name in hosts:
                leave_out_inner_engine(reading, hosts[name].api.get("/info")["DockerRootDir"])
            for interface in (reading["interfaces"] or {}).values():
                interface["network"] = networks.get(interface["mac"])
            self._object("process", name).update(self.names.flatten(reading))

    def _leave_out_the_engines(self, name: str, reading: dict[str, Any]) -> None:
        """Drops what a container sees of its engine's machine, which no replay can have."""
        container = next(c for c in self.containers if container_name(c) == name)
        mode = container["HostConfig"]
        for mount in container["Mounts"]:
            if mount["Type"] == "bind" and of_machine(mount["Source"]):
                reading["mounts"].pop(mount["Destination"], None)
        if mode["IpcMode"] == "host":
            reading["mounts"].pop("/dev/shm", None)
            reading["mounts"].pop("/dev/mqueue", None)
        if mode["NetworkMode"] == "host":
            reading["files"] = {}
        if mode.get("Links"):
            # The engine adds the variables of links in another order at each start.
            reading["environment"].sort()
        for entry in mode.get("ExtraHosts") or []:
            name, _, address = entry.partition(":")
            if address == "host-gateway":
                # The word is the setting; what it stands for is the engine's own address.
                hosts = reading["files"].get("hosts", [])
                reading["files"]["hosts"] = sorted(f"host-gateway\t{name}" if line.endswith(f"\t{name}") else line for line in hosts)
        if mode.get("UTSMode") == "host":
            reading["files"].pop("hostname", None)
            reading["environment"] = [v for v in reading["environment"] if not v.startswith("HOSTNAME=")]

    # Files

    def _hosts(self) -> dict[str, Site]:
        """The engines inside containers, by the containers' names."""
        hosts = {}
        for container in self._live():
            inner = self.site.inside(container)
            privileged = container["HostConfig"]["Privileged"]
            if privileged and inner.api.answers() and inner.api.get("/info")["ID"] != self.info["ID"]:
                hosts[container_name(container)] = inner
        return hosts

    def _data_roots(self, hosts: dict[str, Site]) -> list[str]:
        """Where, by this engine's paths, the data of the engines inside lies."""
        roots = []
        for container in self.containers:
            if container_name(container) not in hosts:
                continue
            inner = hosts[container_name(container)].api.get("/info")["DockerRootDir"]
            for mount in container["Mounts"]:
                for data in (inner, "/var/lib/containerd"):
                    if f"{data}/".startswith(mount["Destination"].rstrip("/") + "/"):
                        roots.append(mount["Source"].rstrip("/") + data[len(mount["Destination"].rstrip("/")):])
        return roots

    def _file_facts(self, hosts: dict[str, Site]) -> None:
        data_roots = self._data_roots(hosts)
        for container in self.containers:
            skip = ("run", "var/run") if container_name(container) in hosts else ()
            points = {m["Destination"] for m in container["Mounts"]} | set(container["HostConfig"].get("Tmpfs") or {})
            layer = self._layer(container)
            if layer:
                self._tree("layer", container_name(container), layer, skip, {p.strip("/") for p in points})
                if container_name(container) in hosts:
                    leave_out_temporary_folder(self._object("layer", container_name(container)))
        for volume in self.volumes:
            device = (volume.get("Options") or {}).get("type")
            if device not in ("tmpfs", "nfs", "cifs"):
                self._tree("files", self.names.text(volume["Name"]), volume["Mountpoint"], data_roots=data_roots)
        for source in sorted({m["Source"] for c in self.containers for m in c["Mounts"] if m["Type"] == "bind"}):
            if not of_machine(source):
                self._tree("files", source, source, data_roots=data_roots)

    def _layer(self, container: dict[str, Any]) -> str | None:
        upper = ((container.get("GraphDriver") or {}).get("Data") or {}).get("UpperDir")
        if upper or not container["State"]["Running"]:
            return upper
        return self.site.call(upper_folder, container["State"]["Pid"])

    def _tree(
        self, kind: str, name: str, path: str, skip: tuple[str, ...] = (), points: set[str] = frozenset(),  # type: ignore[assignment]
        data_roots: list[str] = [],  # noqa: B006 - never changed
    ) -> None:
        if any(f"{path}/".startswith(f"{root}/") for root in data_roots):
            return
        inner = tuple(r[len(path) + 1:] for r in data_roots if r.startswith(f"{path}/"))
        facts = self._object(kind, name)
        for entry, fields in self.site.call(read_tree, path, skip + inner).items():
            for field, value in fields.items():
                if entry not in (*points, *skip) or field == "kind":
                    facts[f"{entry}: {field}"] = value


def leave_out_temporary_folder(layer: dict[str, Any]) -> None:
    """Drops the folder /tmp itself, not what is in it: for a moment an engine keeps there each command that it is asked
    to run in a container (go-runc's `runc-process` file), which also a look from outside leaves in the folder's time.
    """
    for field in [field for field in layer if field.startswith("tmp: ")]:
        del layer[field]


def leave_out_inner_engine(reading: dict[str, Any], data_root: str) -> None:
    """Drops what the engine in a host has made there; its objects are compared by themselves."""
    made = ("docker0", "br-", "veth")
    reading["interfaces"] = {n: i for n, i in reading["interfaces"].items() if not n.startswith(made)}
    for table in ("routes", "routes6"):
        reading[table] = [r for r in reading[table] if not r.rsplit(" ", 1)[-1].startswith(made)]
    below = (f"{data_root}/", "/run/docker/", "/var/lib/containerd/")
    reading["mounts"] = {place: mount for place, mount in reading["mounts"].items() if not place.startswith(below)}


def of_machine(source: str) -> bool:
    """Whether a bind's source belongs to the engine's machine."""
    return source == "/" or f"{source}/".startswith(tuple(f"{folder}/" for folder in SYSTEM))


def upper_folder(pid: int) -> str | None:
    """The writable layer of a running container, from its root mount."""
    with open(f"/proc/{pid}/mountinfo") as table:
        for line in table:
            before, after = line.split(" - ", 1)
            if before.split()[4] == "/" and after.startswith("overlay "):
                for option in after.split()[2].split(","):
                    if option.startswith("upperdir="):
                        return option.removeprefix("upperdir=")
    return None
