# SPDX-License-Identifier: Apache-2.0
"""Reads what the kernel says about a container's first process: namespaces, network, limits, mounts."""

from __future__ import annotations

import os
import re
from pathlib import Path
from typing import Any

NAMESPACES = ("cgroup", "ipc", "mnt", "net", "pid", "user", "uts")
STATUS = (
    "Uid", "Gid", "Groups", "CapInh", "CapPrm", "CapEff", "CapBnd", "CapAmb", "NoNewPrivs", "Seccomp",
)
# Controller and file of each limit, as cgroup v1 mounts them in a container.
CGROUP_FILES = (
    "memory/memory.limit_in_bytes", "memory/memory.soft_limit_in_bytes", "memory/memory.memsw.limit_in_bytes",
    "memory/memory.swappiness", "memory/memory.oom_control", "cpu/cpu.shares", "cpu/cpu.cfs_quota_us",
    "cpu/cpu.cfs_period_us", "cpuset/cpuset.cpus", "cpuset/cpuset.mems", "pids/pids.max",
    "blkio/blkio.throttle.read_bps_device", "blkio/blkio.throttle.write_bps_device",
    "blkio/blkio.throttle.read_iops_device", "blkio/blkio.throttle.write_iops_device", "devices/devices.list",
)


def read_process(pid: int, sysctls: list[str]) -> dict[str, Any]:
    """The facts of one process, seen where its process id holds."""
    folder = Path(f"/proc/{pid}")
    root = folder / "root"
    status = dict(re.findall(r"^(\w+):\t(.*)$", _text(folder / "status"), re.MULTILINE))
    facts: dict[str, Any] = {
        "namespace": {name: os.readlink(folder / "ns" / name) for name in NAMESPACES},
        "status": {name: status[name].split() for name in STATUS if name in status},
        "limits": _limits(_text(folder / "limits")),
        "oom_score_adj": _text(folder / "oom_score_adj").strip(),
        "command": _strings(folder / "cmdline"),
        "environment": _strings(folder / "environ"),
        "folder": os.readlink(folder / "cwd"),
        "mounts": _mounts(_text(folder / "mountinfo")),
        "interfaces": _interfaces(root, folder),
        "routes": _routes(_text(folder / "net/route")),
        "routes6": _routes6(_text(folder / "net/ipv6_route")),
        "cgroup": {name: _cgroup(root / "sys/fs/cgroup" / name) for name in CGROUP_FILES},
        "sysctl": {name: _text(root / "proc/sys" / name.replace(".", "/")).strip() for name in sysctls},
        "host name": "", "files": {},
    }
    for name in ("hosts", "hostname", "resolv.conf"):
        facts["files"][name] = sorted(_text(root / "etc" / name).splitlines())
    return facts


def own_namespaces() -> dict[str, str]:
    """The namespaces of the engine: those of the first process where the caller is.

    A machine's first process may hold more than the caller and keep its namespaces to itself; the
    caller runs beside the engine then.
    """
    try:
        return {name: os.readlink(f"/proc/1/ns/{name}") for name in NAMESPACES}
    except PermissionError:
        return {name: os.readlink(f"/proc/self/ns/{name}") for name in NAMESPACES}


def _text(path: Path) -> str:
    try:
        return path.read_text(errors="backslashreplace")
    except OSError:
        return ""


def _strings(path: Path) -> list[str]:
    return _text(path).rstrip("\0").split("\0")


def _cgroup(path: Path) -> str:
    """A limit, with its lines in order; how often something happened is left out."""
    lines = [line for line in _text(path).splitlines() if not line.startswith(("under_oom", "oom_kill "))]
    return "\n".join(sorted(lines))


def _limits(text: str) -> dict[str, str]:
    rows = (re.split(r"\s{2,}", line.strip()) for line in text.splitlines()[1:])
    return {row[0]: " ".join(row[1:3]) for row in rows if len(row) >= 3}


def _mounts(text: str) -> dict[str, Any]:
    """Mount point -> type, options and propagation; sources are paths of each engine's own."""
    mounts: dict[str, Any] = {}
    for line in text.splitlines():
        before, after = line.split(" - ", 1)
        fields, kind = before.split(), after.split()
        flags = ",".join(sorted({tag.split(":")[0] for tag in fields[6:]}))
        mount = {"type": kind[0], "options": fields[5], "propagation": flags}
        if kind[0] == "tmpfs":
            keep = [o for o in kind[2].split(",") if o.split("=")[0] in ("size", "mode", "uid", "gid", "nr_inodes")]
            mount["tmpfs options"] = ",".join(keep)
        mounts.setdefault(fields[4], mount)
    return mounts


def _interfaces(root: Path, folder: Path) -> dict[str, Any]:
    interfaces: dict[str, Any] = {}
    six: dict[str, list[str]] = {}
    for line in _text(folder / "net/if_inet6").splitlines():
        address, _, prefix, scope, _, name = line.split()
        if scope != "20":  # link-local addresses follow from the MAC
            six.setdefault(name, []).append(f"{address}/{int(prefix, 16)}")
    for link in sorted((root / "sys/class/net").glob("*")):
        if not (link / "address").exists():
            continue
        interfaces[link.name] = {
            "mac": _text(link / "address").strip(), "mtu": _text(link / "mtu").strip(),
            "addresses6": sorted(six.get(link.name, [])),
        }
    return interfaces


def _address(text: str) -> str:
    return ".".join(str(byte) for byte in reversed(bytes.fromhex(text)))


def _routes(text: str) -> list[str]:
    rows = [line.split() for line in text.splitlines()[1:]]
    return sorted(f"{_address(r[1])}/{_address(r[7])} via {_address(r[2])} dev {r[0]}" for r in rows if len(r) > 7)


def _routes6(text: str) -> list[str]:
    rows = [line.split() for line in text.splitlines()]
    keep = [r for r in rows if len(r) > 9 and r[9] != "lo" and not r[0].startswith(("fe80", "ff"))]
    # Anycast and local rows come and go with the moment; gatewayed ones and prefixes are settings.
    return sorted({f"{r[0]}/{int(r[1], 16)} via {r[4]} dev {r[9]}" for r in keep if int(r[1], 16) < 128})
