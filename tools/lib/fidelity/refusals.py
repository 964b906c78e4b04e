# SPDX-License-Identifier: Apache-2.0
"""Real differences in fields that may differ under a condition: each has to be refused, or the condition is worth nothing.

Tried before every run, since a scoreboard whose rules let everything through would look just as good.
"""

from __future__ import annotations

from typing import Any

from .allowed import RULES, Pair, reason_for

C, P, N, V, I = "container a", "process a", "network n", "volume v", "image i"
NET = "NetworkSettings.Networks.n."
PORTS = {"NetworkSettings.Ports.80/tcp[0].HostPort": "32768"}

# Object, field, captured, found, fields that both sides have, fields of other captured objects.
REFUSED: tuple[tuple[str, str, Any, Any, dict[str, Any], dict[str, dict[str, Any]]], ...] = (
    (C, f"{NET}DNSNames[0]", "app", "db", {}, {}),
    (C, f"{NET}Aliases[1]", None, "door", {"Config.Hostname": "kept"}, {}),
    (C, f"{NET}Aliases[0]", "app", "kept", {"Config.Hostname": "kept"}, {}),
    (C, "Config.Hostname", "kept", "other", {}, {}),
    (C, "Config.Labels.io.envsnap.replay", "captured", "other", {}, {}),
    (C, "Config.Image", "foo:dev", "foo:prod", {"Image": "1"}, {}),
    (C, "Config.Image", "0123456789ab", "ba9876543210", {}, {}),
    (C, "Mounts[0].Source", "/srv/a", "/srv/b", {"Mounts[0].Type": "bind"}, {}),
    (C, f"{NET}IPAMConfig.IPv4Address", None, "10.0.0.9", {f"{NET}IPAddress": "10.0.0.8"}, {}),
    (C, f"{NET}IPAMConfig.IPv4Address", "10.0.0.8", "10.0.0.9", {f"{NET}IPAddress": "10.0.0.9"}, {}),
    (C, f"{NET}GwPriority", 1, 2, {}, {}),
    (C, f"{NET}DriverOpts.com.docker.network.endpoint.ifname", "eth0", "eth1", {}, {}),
    (C, f"{NET}DriverOpts.other", None, "x", {}, {}),
    (C, f"{NET}DriverOpts.com.docker.network.endpoint.sysctls", None, "net.ipv4.conf.IFNAME.proxy_arp=0",
     {"HostConfig.Sysctls.net.ipv4.conf.eth0.proxy_arp": "1"}, {}),
    (C, "ImageManifestDescriptor.digest", "a", "b", {}, {}),
    (C, "HostConfig.MaskedPaths[0]", "/proc/kcore", "/proc/keys", {}, {}),
    (C, "HostConfig.MemorySwappiness", 60, None, {}, {}),
    (C, "HostConfig.Mounts[0].BindOptions.ReadOnlyNonRecursive", True, None, {}, {}),
    (C, "HostConfig.Runtime", "runc", "runsc", {}, {}),
    (C, "HostConfig.PortBindings.80/tcp[0].HostPort", "8080", "32768", PORTS, {}),
    (C, "HostConfig.PortBindings.80/tcp[0].HostPort", "0", "32769", PORTS, {}),
    (C, "HostConfig.RestartPolicy.Name", None, "always", {}, {}),
    (C, "HostConfig.NetworkMode", "bridge", "host", {}, {}),
    (C, "State.ExitCode", 0, 3, {}, {}),
    (C, "HostConfig.Memory", 67108864, None, {}, {}),
    (C, f"{NET}Gateway", "10.0.0.1", None, {}, {"network n": {"Internal": False}}),
    (C, f"{NET}Gateway", "10.0.0.1", "10.0.0.2", {}, {"network n": {"Internal": True}}),
    (P, "routes[0]", "0.0.0.0/0.0.0.0 via 10.0.0.1 dev eth0", None, {"interfaces.eth0.network": "n"},
     {"network n": {"Internal": False}}),
    (P, "routes[1]", "10.0.0.0/255.255.255.0 via 0.0.0.0 dev eth0", None, {"interfaces.eth0.network": "n"},
     {"network n": {"Internal": True}}),
    (N, "IPAM.Config[0].Gateway", None, "172.17.0.9", {"Name": "bridge", "IPAM.Config[0].Subnet": "172.17.0.0/16"}, {}),
    (N, "IPAM.Config[0].Gateway", None, "10.0.0.1", {"Name": "n", "IPAM.Config[0].Subnet": "10.0.0.0/24"}, {}),
    (N, "EnableIPv4", False, None, {}, {}),
    (N, "EnableIPv4", True, False, {}, {}),
    (V, "Name", "data", "other", {}, {}),
    (V, "Labels.com.docker.volume.anonymous", "a", "b", {}, {}),
    (I, "Manifest", "sha256:1", "sha256:2", {}, {}),
    (I, "RepoDigests[0]", "foo@sha256:1", None, {"Manifest": "sha256:1"}, {}),
    (I, "Config.Image", "1", "2", {}, {}),
    (I, "Config.ArgsEscaped", True, None, {}, {}),
    ("engine h", "DefaultRuntime", "runc", "runsc", {}, {}),
    ("files /srv", "sparse: allocated", 4096, 1 << 30, {}, {}),
    (P, "files.resolv.conf[0]", "nameserver 10.0.0.9", "nameserver 10.0.0.1", {}, {C: {"HostConfig.Dns[0]": "10.0.0.9"}}),
    (P, "files.resolv.conf[0]", "search a.test", "search b.test", {}, {C: {"HostConfig.DnsSearch[0]": "a.test"}}),
    (P, "interfaces.lo.addresses6[0]", None, "fd00::1/64", {}, {}),
    (P, "mounts./sbin/docker-init.type", "ext4", None, {}, {C: {"HostConfig.Privileged": True}}),
    (P, "mounts./run.tmpfs options", "size=64k", "size=32k", {}, {}),
    (P, "mounts./data.propagation", "shared", "", {}, {C: {"Mounts[0].Destination": "/data", "Mounts[0].Type": "bind"}}),
    (P, "mounts./.propagation", "master", "", {}, {C: {"Mounts[0].Propagation": "rslave"}}),
)


def check_refusals() -> list[str]:
    """What is wrong with the rules: a difference that one lets through, or a condition that none of the above tries."""
    problems, tried = [], set()
    for object, field, captured, found, fields, facts in REFUSED:
        before, after = ({k: v for k, v in ({field: value} | fields).items() if v is not None} for value in (captured, found))
        pair = Pair(object, field, captured, found, before, after, facts)
        covering = [rule for rule in RULES if rule.covers(object, field)]
        tried.update(covering)
        if not covering:
            problems.append(f"no rule is about {object}: {field}")
        if reason := reason_for(pair):
            problems.append(f"{object}: {field}: {captured!r} may become {found!r}: {reason}")
    problems += [f"not tried: {rule.kind}: {rule.field}" for rule in RULES if rule.conditional and rule not in tried]
    return problems
