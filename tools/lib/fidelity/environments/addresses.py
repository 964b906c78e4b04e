# SPDX-License-Identifier: Apache-2.0
"""Addresses, names and ports of containers."""

from __future__ import annotations

from ..world import World
from . import environment


@environment("N-03, N-04, N-05", quick=True, direct=True, stores=True)
def static_addresses(world: World) -> None:
    net = world.network("net")
    world.container("ip", networks={net: {"IPAMConfig": {"IPv4Address": "10.181.10.77"}}})
    mac = "02:18:10:00:00:01"
    # Before API 1.44 the MAC is the container's, then the endpoint's.
    extra = {} if world.modern else {"MacAddress": mac}
    endpoint = {"IPAMConfig": {"IPv4Address": "10.181.10.78"}} | ({"MacAddress": mac} if world.modern else {})
    world.container("mac", networks={net: endpoint}, **extra)
    world.container("assigned", networks={net: {}})


@environment("N-04, N-05", captured_on=("26",), replayed_on=("26",))
def macs_of_two_networks(world: World) -> None:
    nets = [world.network(name, number) for number, name in enumerate(("one", "two"))]
    world.container("macs", networks={
        nets[0]: {"MacAddress": "02:18:10:00:00:11"}, nets[1]: {"MacAddress": "02:18:10:00:00:12"}})


@environment("N-03: a stopped container has no address")
def stopped_with_address(world: World) -> None:
    net = world.network("net")
    world.container("fixed", ["true"], networks={net: {"IPAMConfig": {"IPv4Address": "10.181.10.9"}}})
    name = world.container("free", ["sh", "-c", "exit 4"], networks={net: {}})
    world.container("created", networks={net: {}}, start=False)
    world.container("running", networks={net: {}})
    world.wait_exited(name)


@environment("N-08, K-10")
def aliases(world: World) -> None:
    nets = [world.network(name, number) for number, name in enumerate(("one", "two"))]
    world.container("a", networks={nets[0]: {"Aliases": ["z", "a", "with.dot"]}, nets[1]: {"Aliases": ["other"]}})
    world.container("b", networks={nets[0]: {"Aliases": ["a"]}})


@environment("N-15", quick=True)
def ports(world: World) -> None:
    net = world.network("net")
    exposed = {f"{port}": {} for port in ("80/tcp", "53/udp", "7000/tcp", "7001/tcp", "9999/tcp", "90/sctp")}
    world.container("published", networks={net: {}}, ExposedPorts=exposed, host={"PortBindings": {
        "80/tcp": [{"HostIp": "127.0.0.1", "HostPort": "18180"}, {"HostIp": "127.0.0.1", "HostPort": "18181"}],
        "53/udp": [{"HostIp": "", "HostPort": "18153"}], "7000/tcp": [{"HostIp": "", "HostPort": "18170-18175"}],
        "7001/tcp": [{"HostIp": "", "HostPort": ""}]}})


@environment("N-15")
def all_ports(world: World) -> None:
    net = world.network("net")
    image = world.image("ports", "EXPOSE 80 81/udp")
    world.container("all", image=image, networks={net: {}}, host={"PublishAllPorts": True})


@environment("N-15: of a stopped container")
def stopped_ports(world: World) -> None:
    net = world.network("net")
    world.container("created", networks={net: {}}, start=False, ExposedPorts={"80/tcp": {}}, host={
        "PortBindings": {"80/tcp": [{"HostIp": "0.0.0.0", "HostPort": "18190"}]}})


@environment("N-19")
def name_servers(world: World) -> None:
    net = world.network("net")
    world.container("dns", networks={net: {}}, host={
        "Dns": ["10.181.10.2", "10.181.10.3"], "DnsSearch": ["example.test", "sub.example.test"],
        "DnsOptions": ["ndots:3", "timeout:1"],
        "ExtraHosts": ["one:10.181.10.4", "six:fd00::1", "up:host-gateway", "one:10.181.10.5"]})


@environment("N-19: on the default bridge")
def name_servers_of_bridge(world: World) -> None:
    world.container("dns", host={"NetworkMode": "bridge", "Dns": ["10.181.10.2"], "ExtraHosts": ["h:10.181.10.4"]})
