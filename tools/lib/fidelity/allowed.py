# SPDX-License-Identifier: Apache-2.0
"""What may differ between an environment and its replay, and why.

Transcribed from the exactness checklist the project started from, not from envsnap's own rules:
what one of the two lists allows and the other does not shows as a disagreement.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Any, Callable


@dataclass(frozen=True)
class Pair:
    """One field that differs, with all of the object's fields around it."""

    object: str
    field: str
    captured: Any
    found: Any
    before: dict[str, Any]
    after: dict[str, Any]
    # Everything that was captured, for rules that must look at other objects.
    captured_facts: dict[str, dict[str, Any]]

    @property
    def unset(self) -> bool:
        """Whether both sides say nothing, each in its own way."""
        return all(value in (None, "", 0, -1, False) for value in (self.captured, self.found))

    @property
    def added(self) -> bool:
        return self.captured is None

    @property
    def one_sided(self) -> bool:
        return None in (self.captured, self.found)

    def of(self, facts: dict[str, Any], prefix: str) -> list[Any]:
        return [value for key, value in facts.items() if key.startswith(prefix)]

    @property
    def container(self) -> dict[str, Any]:
        """The captured container that a process is of."""
        return self.captured_facts.get(self.object.replace("process ", "container ", 1), {})


def _always(pair: Pair) -> bool:
    return True


@dataclass(frozen=True)
class Rule:
    kind: str
    field: str
    reason: str
    condition: Callable[[Pair], bool] = _always

    @property
    def conditional(self) -> bool:
        return self.condition is not _always

    def covers(self, object: str, field: str) -> bool:
        kind = object.split(" ", 1)[0]
        return bool(re.fullmatch(self.kind, kind) and re.fullmatch(self.field, field, re.DOTALL))


def _masked(pair: Pair) -> bool:
    """Everything that was masked still is."""
    name = pair.field.split("[")[0] + "["
    return set(pair.of(pair.before, name)) <= set(pair.of(pair.after, name))


def _pinned(pair: Pair) -> bool:
    """The address was assigned, not asked for, and is the same now."""
    prefix = pair.field.split(".IPAMConfig")[0]
    return not pair.of(pair.before, f"{prefix}.IPAMConfig") and pair.found in (
        pair.before.get(f"{prefix}.IPAddress"), pair.before.get(f"{prefix}.GlobalIPv6Address"))


def _close(pair: Pair) -> bool:
    """Allocated sizes: within 64 KiB, or a tenth."""
    if pair.captured is None or pair.found is None:
        return False
    return abs(pair.captured - pair.found) <= max(65536, pair.captured // 10)


def _dynamic_port(pair: Pair) -> bool:
    """The engine chose the port, and the replay asks for the very same."""
    port, index = re.match(r"HostConfig\.PortBindings\.(.+)\[(\d+)\]", pair.field).groups()  # type: ignore[union-attr]
    asked = pair.before.get(f"HostConfig.PortBindings.{port}[{index}].HostPort")
    chosen = [v for k, v in pair.before.items() if k.startswith(f"NetworkSettings.Ports.{port}[") and k.endswith("HostPort")]
    return (asked in (None, "0") or "-" in str(asked)) and pair.found in chosen


def _published(pair: Pair) -> bool:
    return not pair.of(pair.before, "HostConfig.PortBindings") or "HostConfig.PublishAllPorts" in pair.before


def _own_host_name(pair: Pair) -> bool:
    """The old short id, which is kept as the host name; engines before API 1.45 make an alias of it."""
    return pair.captured is None and pair.found == pair.before.get("Config.Hostname")


def _internal(pair: Pair) -> bool:
    """A gateway on an internal network, which engines from 26 on do not give."""
    path = pair.object.split(" ", 1)[1].rpartition("/")[0]
    network = re.sub(r"NetworkSettings\.Networks\.(.+)\.Gateway", r"\1", pair.field)
    facts = pair.captured_facts.get(f"network {path}/{network}" if path else f"network {network}", {})
    return bool(facts.get("Internal")) and None in (pair.captured, pair.found)


def _internal_alone(pair: Pair) -> bool:
    """Routes of a container whose networks are all internal: the default route is there or not."""
    networks = {f.removeprefix("interfaces.").split(".")[0]: n for f, n in pair.before.items() if f.endswith(".network")}
    internal = [pair.captured_facts.get(f"network {name}", {}).get("Internal") for name in networks.values()]
    one, other = ({r for r in pair.of(facts, "routes[") if not r.startswith("0.0.0.0/0.0.0.0 ")}
                  for facts in (pair.before, pair.after))
    return bool(internal) and all(internal) and one == other


def _by_id(pair: Pair) -> bool:
    """The container was made from an id, and is made from the same image still."""
    identifier = re.compile(r"(sha256:)?[0-9a-f]{12,64}")
    return all(identifier.fullmatch(str(v)) for v in (pair.captured, pair.found)) and (
        pair.before.get("Image", "") == pair.after.get("Image"))


def _at_volume(pair: Pair) -> bool:
    """A mount that is a volume's: the engine made it where it runs."""
    place = pair.field.removeprefix("mounts.").removesuffix(".propagation")
    return any(value == place and pair.container.get(key.replace("Destination", "Type")) == "volume"
               for key, value in pair.container.items() if re.fullmatch(r"Mounts\[\d+\]\.Destination", key))


def _private_root(pair: Pair) -> bool:
    """None of the container's mounts asks for a propagation, by which the root's would change."""
    asked = [v for k, v in pair.container.items() if re.fullmatch(r"Mounts\[\d+\]\.Propagation", k)]
    return bool(pair.container) and set(asked) <= {None, "", "private", "rprivate"}


def _name_servers(pair: Pair) -> bool:
    """Lines of resolv.conf that come from the engine's machine: nobody asked for what they say."""
    before, after = (set(pair.of(facts, "files.resolv.conf[")) for facts in (pair.before, pair.after))
    settings = {"nameserver": "Dns[", "search": "DnsSearch[", "options": "DnsOptions["}
    asked = {word for word, field in settings.items() if pair.of(pair.container, f"HostConfig.{field}")}
    differing = {str(line) for line in before ^ after}
    return bool(pair.container) and not any(line.split()[:1] and line.split()[0] in asked for line in differing)


def _own_names(pair: Pair) -> bool:
    """The same names but for the short ids, or names that one of the two engine versions does not show."""
    prefix = pair.field.split("[")[0] + "["
    # The reader calls this container's own id by the container's name.
    name = pair.object.split(" ", 1)[1].rsplit("/", 1)[-1]
    own = re.compile(f"[0-9a-f]{{12}}|<container {re.escape(name)}>")
    before, after = ([n for n in pair.of(facts, prefix) if not own.fullmatch(str(n))] for facts in (pair.before, pair.after))
    return before == after or [] in (before, after)


def _of_interface(pair: Pair) -> bool:
    """The name of an interface, or a setting that the container had for its interface."""
    if pair.field.endswith("endpoint.ifname") or pair.field.endswith("GwPriority"):
        return pair.added
    moved = str(pair.found).split(",")
    asked = {re.sub(r"^HostConfig\.Sysctls\.(net\.\w+\.\w+)\.[^.]+", r"\1.IFNAME", k) + f"={v}" for k, v in pair.before.items()
             if k.startswith("HostConfig.Sysctls.")}
    return pair.added and pair.field.endswith("endpoint.sysctls") and set(moved) <= asked


def _bridge_gateway(pair: Pair) -> bool:
    """The engine's own bridge: an engine told its address shows the gateway, another one uses the first address."""
    subnet = str(pair.before.get("IPAM.Config[0].Subnet"))
    return pair.before.get("Name") == "bridge" and pair.captured is None and pair.found == subnet.split("/")[0][:-1] + "1"


def _stores_differ(pair: Pair) -> bool:
    """Not both of the engines have containerd's image store."""
    return not ("Manifest" in pair.before and "Manifest" in pair.after)


def _of_host(namespace: str) -> Callable[[Pair], bool]:
    return lambda pair: pair.before.get(f"HostConfig.{namespace}Mode") == "host"


BY_ENGINE = "made by the engine for each object"
NEW_IDS = "derived from new ids"
PATHS = "a path or driver of the engine's own data-root"
STORE = "size, parent and history of an image are each engine's and store's own"
VERSIONS = "shown or not by API and cgroup version"
NETWORK = r"NetworkSettings\.Networks\.[^.]+\."

RULES = (
    Rule("container", r"Id|Created|ExecIDs.*|RestartCount|State\.(Pid|StartedAt|FinishedAt|Error)", BY_ENGINE),
    Rule("container", r"State\.Health\.(Log.*|FailingStreak)", "the history of health checks starts anew"),
    Rule("container", rf"{NETWORK}(EndpointID|NetworkID)|NetworkSettings\.(EndpointID|SandboxID|SandboxKey)", NEW_IDS),
    Rule("container", rf"{NETWORK}DNSNames\[\d+\]", "own short ids, or not shown by one engine version", _own_names),
    Rule("container", rf"{NETWORK}Aliases\[\d+\]", "engines before API 1.45 add the host name to the aliases", _own_host_name),
    Rule("container", r"Config\.Hostname", "in the engine's UTS namespace no host name can be asked for; it is the own short id",
         _of_host("UTS")),
    Rule("container|network|volume", r"(Config\.)?Labels\.io\.envsnap\..*", "a replay without a capsule is found by its labels",
         lambda p: p.added),
    Rule("container", r"Config\.Image", "named by an id, which is another one in the other kind of image store", _by_id),
    Rule("container", r"LogPath|HostsPath|HostnamePath|ResolvConfPath|GraphDriver.*|Storage.*|Driver", PATHS),
    Rule("container", r"MountLabel|ProcessLabel|AppArmorProfile", "a security label of the engine's machine"),
    Rule("container", r"Mounts\[\d+\]\.Source", PATHS, lambda p: p.before.get(p.field.replace("Source", "Type")) == "volume"),
    Rule("container", rf"{NETWORK}IPAMConfig\..*", "an assigned address is pinned, so that it stays the same", _pinned),
    Rule("container", rf"{NETWORK}(GwPriority|DriverOpts\..*)", "interface order is pinned from engine 28 on", _of_interface),
    Rule("container", r"ImageManifestDescriptor.*", "shown by the containerd image store alone", lambda p: p.one_sided),
    Rule("container", r"HostConfig\.MaskedPaths\[\d+\]", "a newer engine masks more paths", _masked),
    Rule("container", r"HostConfig\.(KernelMemory(TCP)?|OomKillDisable|MemorySwappiness)", VERSIONS, lambda p: p.unset),
    Rule("container", r"HostConfig\.Mounts\[\d+\]\.BindOptions\.ReadOnlyNonRecursive", "kept non-recursive, as the older engine had it",
         lambda p: p.added),
    Rule("container", r"HostConfig\.Runtime", "each engine's own default runtime",
         lambda p: {p.captured, p.found} <= {"runc", "runc-held-capabilities"}),
    Rule("container", r"HostConfig\.PortBindings\..*\[\d+\]\.HostPort", "a port the engine had chosen is pinned", _dynamic_port),
    Rule("container", r"HostConfig\.RestartPolicy\.Name", VERSIONS, lambda p: {p.captured, p.found} <= {None, "no"}),
    Rule("container", r"HostConfig\.NetworkMode", "two names of the same network",
         lambda p: {p.captured, p.found} <= {"default", "bridge"}),
    Rule("container", r"(NetworkSettings|HostConfig|Config|State|Mounts\[\d+\])\..*", VERSIONS, lambda p: p.unset),
    Rule("container", rf"{NETWORK}Gateway", "engines from 26 on give no gateway on an internal network", _internal),
    Rule("process", r"routes\[\d+\]", "engines from 26 on give no gateway on an internal network", _internal_alone),
    Rule("network", r"IPAM\.Config\[0\]\.Gateway", "an engine that is told its bridge's address shows it", _bridge_gateway),
    Rule("network", r"Id|Created", BY_ENGINE),
    Rule("network", r"Containers\..*\.EndpointID", NEW_IDS),
    Rule("network", r"EnableIPv4|Status.*|Peers.*|Services.*", VERSIONS, lambda p: p.one_sided and False not in (p.captured, p.found)),
    Rule("volume", r"CreatedAt|Mountpoint|Status.*", BY_ENGINE),
    Rule("volume", r"Name", "an anonymous volume's name is made by the engine", lambda p: len(str(p.captured)) == 64),
    Rule("volume", r"Labels\.com\.docker\.volume\.anonymous", "the mark of an anonymous volume from engine 23 on",
         lambda p: p.one_sided),
    Rule("image", r"Id|Parent|Size|VirtualSize|Container|ContainerConfig.*|Metadata.*|GraphDriver.*|Descriptor.*|Identity.*|DockerVersion",
         STORE),
    Rule("image", r"Manifest|RepoDigests\[\d+\]", "manifests and registry digests are kept by the containerd image store alone",
         _stores_differ),
    # Of the configuration's own bytes the digest is compared, which names the image; this is the parent, told by one store alone.
    Rule("image", r"Config\.Image", STORE, lambda p: p.one_sided),
    Rule("image", r"Config\..*|Comment|Author", VERSIONS, lambda p: p.unset),
    Rule("engine", r"DefaultRuntime", "each engine's own default runtime",
         lambda p: {p.captured, p.found} <= {"runc", "runc-held-capabilities"}),
    Rule("layer|files", r".*: allocated", "the same holes, allocated in other units", _close),
    Rule("process", r"files\.resolv\.conf\[\d+\]", "the name servers of the engine's machine", _name_servers),
    Rule("process", r"interfaces\.lo\.addresses6\[0\]", "engines from 26 on give the loopback interface its IPv6 address",
         lambda p: {p.captured, p.found} == {None, f"{1:032}/128"}),
    Rule("process", r"mounts\./sbin/docker-init\.(type|propagation)", "the init program is the engine's own file",
         lambda p: p.container.get("HostConfig.Init") is True),
    Rule("process", r"mounts\..*\.tmpfs options", "newer runtimes give a tmpfs without options the mode of the folder below it",
         lambda p: p.captured is None and str(p.found).startswith("mode=")),
    Rule("process", r"mounts\..*\.propagation", "whether mounts propagate from the folder that the engine itself runs in", _at_volume),
    Rule("process", r"mounts\./\.propagation", "whether mounts propagate from the folder that the engine itself runs in",
         _private_root),
)


def reason_for(pair: Pair) -> str | None:
    """The reason why a field may differ, or None if it has to be equal."""
    for rule in RULES:
        if rule.covers(pair.object, pair.field) and rule.condition(pair):
            return rule.reason
    return None
