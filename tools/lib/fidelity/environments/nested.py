# SPDX-License-Identifier: Apache-2.0
"""Engines within engines."""

from __future__ import annotations

from ..world import BUSYBOX, HOST_IMAGES, World
from . import environment

OUTER = ("20.10",)


def _fill(inner: World) -> None:
    """A little of everything in a nested engine."""
    net = inner.network("net", 5)
    volume = inner.volume("data", Labels={"nested": "yes"})
    name = inner.container("a", networks={net: {"Aliases": ["deep"]}}, host={
        "Binds": [f"{volume}:/data"], "RestartPolicy": {"Name": "on-failure", "MaximumRetryCount": 2}}, Env=["X=y"])
    inner.shell(name, "echo nested >/data/file; echo layer >/layer; rm /bin/wget")
    inner.container("paused", networks={net: {"IPAMConfig": {"IPv4Address": "10.181.15.99"}}})
    inner.api.post(f"/containers/{inner.project}_paused_1/pause")


@environment("X-01, X-03, X-04, X-10", captured_on=OUTER, depth=2)
def host_26(world: World) -> None:
    net = world.network("hosts")
    inner = world.host("corge", networks={net: {"IPAMConfig": {"IPv4Address": "10.181.10.100"}}})
    _fill(inner)


@environment("X-14: hosts with different engines", captured_on=OUTER, replayed_on=("26",), depth=2)
def host_of_each(world: World) -> None:
    net = world.network("hosts")
    for service, engine in (("new", "26"), ("old", "20.10")):
        _fill(world.host(service, engine, networks={net: {}}))


@environment("X-13: binds through two levels", captured_on=OUTER, replayed_on=("26",), depth=2)
def bind_through_levels(world: World) -> None:
    world.write("shared/file", "seen at both levels")
    host = world.host("corge", host={"Privileged": True, "Binds": [
        f"{world.folder}/corge-docker:/var/lib/docker", f"{world.folder}/shared:/srv/shared"]})
    inner_bind = {"Binds": ["/srv/shared:/data", "/opt/own:/own"]}
    host.container("a", host=inner_bind)
    host.shell(f"{host.project}_a_1", "echo from-inside >/data/inside; echo own >/own/file")


@environment("depth 3", captured_on=OUTER, replayed_on=("26",), depth=3)
def three_levels(world: World) -> None:
    middle = world.host("middle", inner=(BUSYBOX, HOST_IMAGES["26"]))
    inner = middle.host("inner")
    _fill(inner)
