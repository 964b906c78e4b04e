# SPDX-License-Identifier: Apache-2.0
"""What a container may use: memory, processors, disks, limits of all kinds."""

from __future__ import annotations

import os

from ..world import World
from . import environment

MEBIBYTE = 1 << 20


@environment("C-12")
def memory(world: World) -> None:
    world.container("limited", host={"Memory": 64 * MEBIBYTE, "MemoryReservation": 32 * MEBIBYTE})
    world.container("swap", host={"Memory": 64 * MEBIBYTE, "MemorySwap": 96 * MEBIBYTE, "MemorySwappiness": 10})
    world.container("no-swap-limit", host={"Memory": 64 * MEBIBYTE, "MemorySwap": -1, "OomKillDisable": True})
    world.container("oom", host={"OomScoreAdj": 500})


@environment("C-12")
def processors(world: World) -> None:
    world.container("shares", host={"CpuShares": 512, "CpusetCpus": "0", "CpusetMems": "0"})
    world.container("quota", host={"CpuPeriod": 50_000, "CpuQuota": 25_000})
    world.container("nano", host={"NanoCpus": 500_000_000})


def _disk() -> str:
    """A block device of the machine."""
    return "/dev/" + sorted(name for name in os.listdir("/sys/block") if not name.startswith(("loop", "ram", "zram")))[0]


@environment("C-12")
def block_devices(world: World) -> None:
    disk = _disk()
    world.container("throttled", host={
        "BlkioDeviceReadBps": [{"Path": disk, "Rate": 50 * MEBIBYTE}],
        "BlkioDeviceWriteBps": [{"Path": disk, "Rate": 40 * MEBIBYTE}],
        "BlkioDeviceReadIOps": [{"Path": disk, "Rate": 1000}], "BlkioDeviceWriteIOps": [{"Path": disk, "Rate": 900}]})


@environment("C-12, checklist: PidsLimit, CgroupParent")
def processes_and_groups(world: World) -> None:
    world.container("few", host={"PidsLimit": 100})
    world.container("unlimited", host={"PidsLimit": -1})
    world.container("parent", host={"CgroupParent": "/fidelity-parent"})


@environment("C-10, checklist: Ulimits")
def ulimits(world: World) -> None:
    world.container("limits", host={"Ulimits": [
        {"Name": "nofile", "Soft": 100, "Hard": 200}, {"Name": "core", "Soft": 0, "Hard": 0},
        {"Name": "nproc", "Soft": 60, "Hard": 60}]})


@environment("N-18, checklist: Sysctls")
def sysctls(world: World) -> None:
    net = world.network("net")
    world.container("tuned", networks={net: {}}, host={"Sysctls": {
        "net.ipv4.ip_forward": "0", "net.core.somaxconn": "777", "net.ipv4.ip_local_port_range": "20000 30000",
        "kernel.msgmax": "16384", "net.ipv4.conf.all.rp_filter": "2"}})


@environment("checklist: ShmSize, Tmpfs, ReadonlyRootfs")
def memory_file_systems(world: World) -> None:
    world.container("shm", host={"ShmSize": 8 * MEBIBYTE, "IpcMode": "private"})
    world.container("tmpfs", host={"Tmpfs": {"/scratch": "size=4m,mode=1770,uid=7", "/run/it": ""}})
    world.container("mount", host={"Mounts": [{
        "Type": "tmpfs", "Target": "/deep/er", "TmpfsOptions": {"SizeBytes": 2 * MEBIBYTE, "Mode": 0o1700}}]})


@environment("D-05")
def read_only_root(world: World) -> None:
    volume = world.volume("data")
    name = world.container("sealed", host={"ReadonlyRootfs": True, "Binds": [f"{volume}:/data"], "Tmpfs": {"/tmp": ""}})
    world.shell(name, "echo kept >/data/file; chown 5:6 /data/file")
