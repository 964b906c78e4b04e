# SPDX-License-Identifier: Apache-2.0
"""Tampers with replays by hand: a checker that finds nothing in them would be worthless."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any, Callable

from .comparison import compare
from .engines import Engines
from .envsnap import DIFFERS, Envsnap, EnvsnapError
from .reading import Reader
from .site import Site
from .world import SLEEP, World
from .world import clean as clean_up

NAME = "planted"
PREFIX = f"fid-{NAME}"


def _build(world: World) -> None:
    """An environment with something of every kind to tamper with."""
    net, other = world.network("net"), world.network("other", 1)
    volume = world.volume("data", Labels={"a": "b"})
    world.write("bound/file", "as captured")
    image = world.image(NAME, "LABEL planted=yes")
    name = world.container("a", image=image, Hostname="kept", networks={
        net: {"IPAMConfig": {"IPv4Address": "10.181.10.50"}, "Aliases": ["door"]}, other: {}},
        host={"Binds": [f"{volume}:/data", f"{world.folder}/bound:/bound"], "Memory": 64 << 20, "MemorySwap": 128 << 20,
              "CpuShares": 512, "RestartPolicy": {"Name": "on-failure", "MaximumRetryCount": 3}, "PidsLimit": 90},
        ExposedPorts={"80/tcp": {}}, Env=["A=b"])
    world.shell(name, "echo content >/data/file; echo layer >/layer")
    paused = world.container("paused")
    world.api.post(f"/containers/{paused}/pause")
    exited = world.container("exited", ["sh", "-c", "exit 3"])
    world.wait_exited(exited)
    world.container("created", start=False)


@dataclass
class Hand:
    """What tampering is done with: the replay's engine, and short names for its objects."""

    site: Site
    world: World

    @property
    def a(self) -> str:
        return f"/containers/{PREFIX}_a_1"

    def post(self, path: str, body: Any = None, **query: Any) -> Any:
        return self.site.api.post(path, body, query)

    def file(self, path: str, content: str) -> None:
        self.site.call(_append, path, content)

    def recreate(self, change: Callable[[dict[str, Any]], None], network: dict[str, Any] | None = None) -> None:
        """Makes the container anew, as it was but for one change."""
        old = self.site.api.get(f"{self.a}/json")
        body = old["Config"] | {"HostConfig": old["HostConfig"]}
        body.pop("MacAddress", None)
        nets = old["NetworkSettings"]["Networks"]
        endpoint = nets[f"{PREFIX}_net"]
        keep = {"IPAMConfig": endpoint["IPAMConfig"], "Aliases": [a for a in endpoint["Aliases"] if a != old["Id"][:12]]}
        body["NetworkingConfig"] = {"EndpointsConfig": {f"{PREFIX}_net": keep | (network or {})}}
        change(body)
        self.site.api.delete(self.a, {"force": "1"})
        self.post("/containers/create", body, name=f"{PREFIX}_a_1")
        address = nets[f"{PREFIX}_other"]["IPAddress"]
        self.post(f"/networks/{PREFIX}_other/connect", {
            "Container": f"{PREFIX}_a_1", "EndpointConfig": {"IPAMConfig": {"IPv4Address": address}}})
        self.post(f"{self.a}/start")


def _append(path: str, content: str) -> None:
    with Path(path).open("a") as stream:
        stream.write(content)


def _volume_file(hand: Hand) -> str:
    return hand.site.api.get(f"/volumes/{PREFIX}_data")["Mountpoint"] + "/file"


def _layer_file(hand: Hand) -> str:
    return hand.site.api.get(f"{hand.a}/json")["GraphDriver"]["Data"]["UpperDir"] + "/layer"


def _reconnect(hand: Hand, **endpoint: Any) -> None:
    net = f"/networks/{PREFIX}_net"
    hand.post(f"{net}/disconnect", {"Container": f"{PREFIX}_a_1", "Force": True})
    hand.post(f"{net}/connect", {"Container": f"{PREFIX}_a_1", "EndpointConfig": endpoint})


def _change_volume(hand: Hand) -> None:
    hand.site.api.delete(hand.a, {"force": "1"})
    hand.site.api.delete(f"/volumes/{PREFIX}_data")
    hand.post("/volumes/create", {"Name": f"{PREFIX}_data", "Labels": {"a": "other"}})


def _set(*path: str, value: Any) -> Callable[[Hand], None]:
    def change(body: dict[str, Any]) -> None:
        for key in path[:-1]:
            body = body[key]
        body[path[-1]] = value
    return lambda hand: hand.recreate(change)


def _update(**values: Any) -> Callable[[Hand], None]:
    return lambda hand: hand.post(f"{hand.a}/update", values)


def _extra_container(hand: Hand, command: list[str] = SLEEP, policy: str = "no", start: bool = False) -> None:
    body = {"Image": f"envsnap-fidelity/{NAME}:dev", "Cmd": command, "HostConfig": {"RestartPolicy": {"Name": policy}}}
    hand.post("/containers/create", body, name=f"{PREFIX}_extra_1")
    if start:
        hand.post(f"/containers/{PREFIX}_extra_1/start")


# What is done -> how.
TAMPERINGS: dict[str, Callable[[Hand], Any]] = {
    "restart policy": _update(RestartPolicy={"Name": "always"}),
    "memory limit": _update(Memory=96 << 20, MemorySwap=192 << 20),
    "processor shares": _update(CpuShares=700),
    "processes limit": _update(PidsLimit=50),
    "renamed": lambda h: h.post(f"{h.a}/rename", name=f"{PREFIX}_b_1"),
    "paused": lambda h: h.post(f"{h.a}/pause"),
    "unpaused": lambda h: h.post(f"/containers/{PREFIX}_paused_1/unpause"),
    "stopped": lambda h: h.post(f"{h.a}/kill"),
    "started": lambda h: h.post(f"/containers/{PREFIX}_created_1/start"),
    "exited with another status": lambda h: (h.site.api.delete(f"/containers/{PREFIX}_exited_1"), h.post("/containers/create", {
        "Image": "busybox:latest", "Cmd": ["sh", "-c", "exit 3"], "HostConfig": {"NetworkMode": "none"}}, name=f"{PREFIX}_exited_1")),
    "container removed": lambda h: h.site.api.delete(h.a, {"force": "1"}),
    "extra container": _extra_container,
    # Beside the paused one: a capsule with both is hard to take down.
    "restarting without end": lambda h: _extra_container(h, ["false"], "always", start=True),
    "address": lambda h: _reconnect(h, IPAMConfig={"IPv4Address": "10.181.10.51"}, Aliases=["door"]),
    "alias": lambda h: _reconnect(h, IPAMConfig={"IPv4Address": "10.181.10.50"}, Aliases=["window"]),
    "disconnected": lambda h: h.post(f"/networks/{PREFIX}_other/disconnect", {"Container": f"{PREFIX}_a_1", "Force": True}),
    "extra network": lambda h: h.post("/networks/create", {
        "Name": f"{PREFIX}_extra", "IPAM": {"Config": [{"Subnet": "10.181.99.0/24"}]}}),
    "MAC": lambda h: h.recreate(lambda b: b.update(MacAddress="02:18:10:00:00:99")),
    "label": lambda h: h.recreate(lambda b: b["Labels"].update(more="1")),
    "environment": _set("Env", value=["A=c"]),
    "command": _set("Cmd", value=["sleep", "999"]),
    "entry point": _set("Entrypoint", value=["busybox"]),
    "user": _set("User", value="7"),
    "working folder": _set("WorkingDir", value="/tmp"),
    "host name": _set("Hostname", value="other"),
    "stop signal": _set("StopSignal", value="SIGINT"),
    "health check": _set("Healthcheck", value={"Test": ["CMD", "true"], "Interval": 3_600_000_000_000}),
    "exposed ports": _set("ExposedPorts", value={"81/tcp": {}}),
    "published ports": _set("HostConfig", "PortBindings", value={"80/tcp": [{"HostPort": "18199"}]}),
    "capabilities": _set("HostConfig", "CapAdd", value=["NET_ADMIN"]),
    "privileged": _set("HostConfig", "Privileged", value=True),
    "mount made read-only": _set("HostConfig", "Binds", value=[f"{PREFIX}_data:/data:ro"]),
    "DNS": _set("HostConfig", "Dns", value=["10.181.10.9"]),
    "sysctl": _set("HostConfig", "Sysctls", value={"net.core.somaxconn": "99"}),
    "logging": _set("HostConfig", "LogConfig", value={"Type": "none", "Config": {}}),
    "namespace": _set("HostConfig", "PidMode", value="host"),
    "volume's label": _change_volume,
    "extra volume": lambda h: h.post("/volumes/create", {"Name": f"{PREFIX}_extra"}),
    "tag moved": lambda h: h.post("/images/busybox:latest/tag", repo=f"envsnap-fidelity/{NAME}", tag="dev"),
    "tag added": lambda h: h.post(f"/images/envsnap-fidelity/{NAME}:dev/tag", repo=f"envsnap-fidelity/{NAME}", tag="more"),
    "file in a volume": lambda h: h.file(_volume_file(h), "changed"),
    "file in a bind": lambda h: h.file(f"{h.world.folder}/bound/file", "changed"),
    "file in a layer": lambda h: h.file(_layer_file(h), "changed"),
}


def planted(engines: Engines, envsnap: Envsnap) -> bool:
    """One capture; for each tampering a replay of its own."""
    address = f"unix://{engines.outer.api.socket_path}"
    world = World(engines.outer, NAME, engines.state / "projects" / NAME)
    try:
        _build(world)
        captured = Reader(engines.outer, world.project).read()
        envsnap.capture(address, world.project, NAME)
    finally:
        world.remove()
    results = [_plant(engines, envsnap, address, world, captured, what) for what in TAMPERINGS]
    print(f"{len(results)} tamperings, {results.count(True)} found by both readers")
    return all(results)


def _plant(
    engines: Engines, envsnap: Envsnap, address: str, world: World, captured: dict[str, Any], what: str
) -> bool:
    """Whether both readers find a tampering, and nothing before it."""
    problems, mine, theirs, status = [], [], [], 0
    try:
        envsnap.replay(address, NAME, PREFIX, "--capsule-image", engines.host_image("26"))
        outer = engines.outer
        site = outer.inside(outer.api.get(f"/containers/envsnap-{PREFIX}/json")).wait()
        untouched = [str(finding) for finding in compare(captured, Reader(site, None).read()).different]
        untouched += [str(finding) for finding in envsnap.verify(address, PREFIX, "--data")[1]["different"]]
        problems += [f"untouched: {finding}" for finding in untouched]
        TAMPERINGS[what](Hand(site, world))
        mine = compare(captured, Reader(site, None).read()).different
        status, verdict = envsnap.verify(address, PREFIX, "--data")
        theirs = verdict["different"]
    except EnvsnapError as error:
        problems.append(str(error))
    finally:
        try:
            envsnap.down(address, PREFIX)
        except EnvsnapError as error:
            problems.append(f"down: {error}")
            clean_up(engines.outer.api, PREFIX)
    fine = not problems and bool(mine) and bool(theirs) and status == DIFFERS
    first = str(mine[0])[:110] if mine else "nothing"
    print(f"{'ok' if fine else 'FAILED':<7} {what:<28} envsnap: {status}, {len(theirs)} different; "
          f"reader: {len(mine)} different: {first}", *problems, sep="\n        ", flush=True)
    return fine
