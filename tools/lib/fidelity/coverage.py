# SPDX-License-Identifier: Apache-2.0
"""Counts the inspect fields that the family sets to something else than the default."""

from __future__ import annotations

import re
from typing import Any

from .engines import Engines
from .reading import Facts, Reader
from .world import World

# Made by the engine, so never set by anybody.
MADE = re.compile(
    r"Id|Created.*|Name|.*\.(EndpointID|NetworkID|MacAddress)|State\.(Pid|StartedAt|FinishedAt|Health\.Log.*)|"
    r"LogPath|HostsPath|HostnamePath|ResolvConfPath|GraphDriver.*|Mountpoint|.*SandboxID|.*SandboxKey|Config\.Hostname|"
    r"ExecIDs.*|Parent|Size|VirtualSize|Container|ContainerConfig.*|Metadata.*|RootFS.*|Image")
# Maps whose keys are the user's: they count once, whatever the keys are.
MAPS = (
    (re.compile(r"^((?:HostConfig|Config|ContainerConfig)\.(?:Labels|Sysctls|Tmpfs|ExposedPorts|Volumes|Annotations))\..*", re.DOTALL), r"\1"),
    (re.compile(r"^(Labels|Containers)\..*?(\.(?:Name|MacAddress|IPv4Address|IPv6Address))?$", re.DOTALL), r"\1\2"),
    (re.compile(r"^(HostConfig\.PortBindings|NetworkSettings\.Ports)\.\d+(-\d+)?/\w+"), r"\1"),
    (re.compile(r"^(NetworkSettings\.Networks)\.[^.]+"), r"\1.*"),
    (re.compile(r"^(.*DriverOpts)\..*", re.DOTALL), r"\1"),
    (re.compile(r"^(.*\.Labels)\..*", re.DOTALL), r"\1"),
)


def general(field: str) -> str:
    """The field without the parts that are the user's names or places in lists."""
    for pattern, replacement in MAPS:
        field = pattern.sub(replacement, field)
    return re.sub(r"\[\d+\]", "[]", field)


class Coverage:
    """Fields with values that a plain busybox container, network, volume or image has not."""

    def __init__(self, engines: Engines) -> None:
        self.engines = engines
        self.fields: set[str] = set()
        self._plain: dict[str, dict[str, dict[str, set[Any]]]] = {}

    def prepare(self, engine: str) -> None:
        """Looks at plain objects of the engine, once."""
        self._plain_values(engine)

    def count(self, facts: Facts, engine: str) -> None:
        plain = self._plain_values(engine)
        for name, fields in facts.items():
            kind = name.split(" ", 1)[0]
            for field, value in fields.items():
                short = general(field)
                if kind in plain and not MADE.fullmatch(short) and value not in plain[kind].get(short, set()):
                    self.fields.add(f"{kind} {short}")

    def _plain_values(self, engine: str) -> dict[str, dict[str, set[Any]]]:
        if engine not in self._plain:
            world = World(self.engines.site(engine), "plain", self.engines.state / "projects/plain")
            try:
                net, volume = world.network("net", number=None), world.volume("vol")
                world.container("plain", ["sh"], host={"NetworkMode": "default"}, Tty=False)
                world.container("mounted", networks={net: {}}, host={"Binds": [f"{volume}:/v"]}, start=False)
                facts = Reader(world.site, world.project).read(files=False)
            finally:
                world.remove()
            values: dict[str, dict[str, set[Any]]] = {}
            for name, fields in facts.items():
                kind, _, which = name.partition(" ")
                # The second container is there for its network and volume alone.
                if kind not in ("container", "network", "volume", "image") or "mounted" in which:
                    continue
                for field, value in fields.items():
                    values.setdefault(kind, {}).setdefault(general(field), set()).add(value)
            self._plain[engine] = values
        return self._plain[engine]
