# SPDX-License-Identifier: Apache-2.0
"""Replaces what an engine makes up (ids, names of anonymous volumes) by what it stands for."""

from __future__ import annotations

import re
from typing import Any

ID = re.compile(r"(?<![0-9a-f])(?:[0-9a-f]{64}|[0-9a-f]{12})(?![0-9a-f])")
ANONYMOUS = re.compile(r"[0-9a-f]{64}")
# Texts of the user's that look like an id and must be compared as they are.
VERBATIM = ("Config.Hostname", "Config.Image", "Config.Labels", "Config.Env", "Config.Cmd", "Config.Entrypoint",
            "environment", "files.", "command")


def container_name(container: dict[str, Any]) -> str:
    return container["Name"].lstrip("/")


class Names:
    """The names of one engine's objects."""

    def __init__(
        self, containers: list[dict[str, Any]], networks: list[dict[str, Any]], images: dict[str, str]
    ) -> None:
        """`images` maps an image's id on this engine to the digest of its configuration."""
        self._names: dict[str, str] = {}
        self._images = images
        for container in containers:
            self._add(container["Id"], f"<container {container_name(container)}>")
        for network in networks:
            self._add(network["Id"], f"<network {network['Name']}>")
        for image, config in images.items():
            self._add(image.removeprefix("sha256:"), config)
        mounts = sorted(
            (container_name(c), m["Destination"], m["Name"])
            for c in containers for m in c["Mounts"]
            if m["Type"] == "volume" and ANONYMOUS.fullmatch(m.get("Name", ""))
        )
        for owner, destination, volume in mounts:
            if volume not in self._names:
                self._names[volume] = f"<volume of {owner} at {destination}>"

    def _add(self, identifier: str, name: str) -> None:
        self._names[identifier] = name
        self._names.setdefault(identifier[:12], name)

    def text(self, text: str) -> str:
        text = text.replace("sha256:", "") if text.startswith("sha256:") else text
        return ID.sub(lambda match: self._names.get(match.group(), match.group()), text)

    def flatten(self, answer: Any) -> dict[str, Any]:
        """The leaves of an inspect answer by their path; what has no value is left out."""
        leaves: dict[str, Any] = {}
        self._walk(answer, "", leaves)
        return leaves

    def _walk(self, value: Any, path: str, leaves: dict[str, Any]) -> None:
        if isinstance(value, dict):
            for key, inner in value.items():
                self._walk(inner, f"{path}.{self.text(key)}" if path else key, leaves)
        elif isinstance(value, list):
            for index, inner in enumerate(value):
                self._walk(inner, f"{path}[{index}]", leaves)
        elif isinstance(value, str) and not path.startswith(VERBATIM):
            if value:
                leaves[path] = self.text(value)
        elif value is not None and value != "":
            leaves[path] = value


def arrange_container(container: dict[str, Any]) -> None:
    """Removes order without meaning, and the own short id that engines before API 1.45 add."""
    container["Mounts"].sort(key=lambda mount: mount["Destination"])
    # Engines list them in another order each time.
    container["HostConfig"]["Links"] = sorted(container["HostConfig"].get("Links") or [])
    for endpoint in container["NetworkSettings"]["Networks"].values():
        endpoint["Aliases"] = [a for a in endpoint.get("Aliases") or [] if a != container["Id"][:12]]


def arrange_network(network: dict[str, Any]) -> None:
    network["IPAM"]["Config"] = sorted(network["IPAM"].get("Config") or [], key=lambda c: sorted(c.items()) and str(c))
