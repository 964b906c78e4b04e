# SPDX-License-Identifier: Apache-2.0
"""Networks: drivers, subnets, options, and which interface is which."""

from __future__ import annotations

import subprocess

from ..world import World
from . import environment

PARENT = "fidparent0"
MTU = "com.docker.network.driver.mtu"


@environment("N-01, N-03", direct=True)
def automatic_subnet(world: World) -> None:
    net = world.network("net", number=None)
    world.container("a", networks={net: {}})
    world.container("b", networks={net: {}})


@environment("N-06, N-07", quick=True)
def interface_order(world: World) -> None:
    nets = [world.network(name, number) for number, name in enumerate(("za", "ab", "mm"))]
    world.container("before-start", networks={net: {} for net in nets})
    late = world.container("late", networks={nets[0]: {}})
    for net in (nets[2], nets[1]):
        world.api.post(f"/networks/{net}/connect", {"Container": late})


@environment("N-14")
def ipv6(world: World) -> None:
    net = world.network("six", EnableIPv6=True, IPAM={"Config": [
        {"Subnet": "10.181.20.0/24"}, {"Subnet": "fd00:181:20::/64", "Gateway": "fd00:181:20::1"}]})
    world.container("fixed", networks={net: {"IPAMConfig": {"IPv4Address": "10.181.20.9", "IPv6Address": "fd00:181:20::99"}}})
    world.container("assigned", networks={net: {}})


@environment("N-17")
def internal_and_attachable(world: World) -> None:
    inside = world.network("inside", Internal=True, Attachable=True)
    outside = world.network("outside", 1)
    world.container("in", networks={inside: {}})
    world.container("both", networks={inside: {}, outside: {}})


@environment("N-11, checklist: IPAM")
def address_pools(world: World) -> None:
    net = world.network("pools", IPAM={"Driver": "default", "Options": {"some": "option"}, "Config": [{
        "Subnet": "10.181.24.0/22", "IPRange": "10.181.25.128/25", "Gateway": "10.181.26.254",
        "AuxiliaryAddresses": {"router": "10.181.25.130", "printer": "10.181.25.131"}}]})
    bare = world.network("no-gateway", IPAM={"Config": [{"Subnet": "10.181.30.0/24"}]})
    world.container("a", networks={net: {}})
    world.container("b", networks={bare: {}})


@environment("N-17, checklist: network Options")
def bridge_options(world: World) -> None:
    net = world.network("options", Options={
        "com.docker.network.bridge.name": "fidbr0", "com.docker.network.bridge.enable_icc": "false",
        "com.docker.network.bridge.enable_ip_masquerade": "false", MTU: "1400",
        "com.docker.network.bridge.host_binding_ipv4": "127.0.0.1", "com.docker.network.container_iface_prefix": "fid"})
    world.container("a", networks={net: {}})


@environment("N-17")
def no_network(world: World) -> None:
    world.container("none", host={"NetworkMode": "none"})
    world.container("none-too", NetworkDisabled=True)


@environment("C-05, N-17")
def host_network(world: World) -> None:
    world.container("host", host={"NetworkMode": "host"})


@environment("N-02, N-20")
def default_bridge(world: World) -> None:
    gap = world.container("gap", host={"NetworkMode": "bridge"})
    world.container("a", host={"NetworkMode": "bridge"})
    world.container("b", host={"NetworkMode": "default"})
    world.api.delete(f"/containers/{gap}", {"force": "1"})


@environment("C-22")
def links(world: World) -> None:
    db = world.container("db", host={"NetworkMode": "bridge"})
    world.container("web", host={"NetworkMode": "bridge", "Links": [f"{db}:database", f"{db}:db2"]})
    net = world.network("net")
    other = world.container("other", networks={net: {}})
    world.container("linked", networks={net: {"Links": [f"{other}:alias"]}})


@environment("N-17, macvlan", captured_on=("20.10",), replayed_on=(), direct=True)
def macvlan(world: World) -> None:
    # Any interface serves as a parent; this one is an empty bridge of the environment's own.
    subprocess.run(["ip", "link", "add", PARENT, "type", "bridge"], capture_output=True, check=False)
    net = world.network("mv", driver="macvlan", Options={"parent": PARENT, "macvlan_mode": "bridge"})
    world.container("a", networks={net: {"IPAMConfig": {"IPv4Address": "10.181.10.44"}}})


@environment("N-12: networks nobody is on")
def unused_network(world: World) -> None:
    world.network("empty", Labels={"nobody": "here"})
    world.network("second", 1)
    world.container("alone")


@environment("N-18: sysctls of an endpoint; N-07 driver options")
def endpoint_options(world: World) -> None:
    net = world.network("net")
    world.container("opts", networks={net: {"DriverOpts": {"com.example.option": "value"}}})
    world.container("sysctl", networks={net: {}}, host={"Sysctls": {"net.ipv4.conf.eth0.log_martians": "1"}})
