# SPDX-License-Identifier: Apache-2.0
"""On what was measured."""

from __future__ import annotations

import os
import platform
from pathlib import Path

from .bench import HOST_IMAGE, Bench
from .command import run

PROBE_BYTES = 1 << 29


def facts(bench: Bench) -> list[tuple[str, str]]:
    """Name and value of what a reader needs to judge the figures."""
    engine = bench.api.get("/version")
    info = bench.api.get("/info")
    host = bench.api.image(HOST_IMAGE) if bench.api.has_image(HOST_IMAGE) else None
    return [
        ("processor", f"{_processor()}, {os.cpu_count()} cores"),
        ("memory", f"{os.sysconf('SC_PHYS_PAGES') * os.sysconf('SC_PAGE_SIZE') / 2**30:.0f} GiB"),
        ("disk", f"{_file_system(bench.state)}, writes {_write_rate(bench.state) / 1e9:.2f} GB/s (512 MiB, synchronised)"),
        ("kernel", platform.release()),
        ("engine", f"{engine['Version']}, API {engine['ApiVersion']}, {info['Driver']}"),
        ("control groups", f"version {info.get('CgroupVersion', 1)}"),
        ("hosts", f"their image is {host['Size'] / 1e6:.0f} MB" if host else "their image is not there"),
        ("envsnap", run([bench.envsnap.binary, "--version"]).output.strip()),
        ("plain way", f"{_first_line(['zstd', '--version'])}; {_first_line(['tar', '--version'])}"),
    ]


def _processor() -> str:
    for line in Path("/proc/cpuinfo").read_text().splitlines():
        if line.startswith("model name"):
            return line.split(":", 1)[1].strip()
    return platform.machine()


def _file_system(folder: Path) -> str:
    kind, device = run(["findmnt", "-n", "-o", "FSTYPE,SOURCE", "--target", folder]).output.split()[:2]
    if kind != "ext4":
        return kind
    # Without one, new inodes pass over those that were deleted in the last minutes (fs/ext4/ialloc.c), so that whoever runs
    # after a removal waits.
    return "ext4 with a journal" if journals(Path(device).name) else "ext4 without a journal"


def journals(device: str, kernel: Path = Path("/proc/fs/jbd2")) -> bool:
    """Whether the kernel keeps a journal for a device; its folders are called `vda1-8`."""
    return any(folder.name.rpartition("-")[0] == device for folder in kernel.glob("*"))


def _write_rate(folder: Path) -> float:
    """Bytes a second of one large file, written and synchronised."""
    file = folder / "probe"
    try:
        command = ["dd", "if=/dev/zero", f"of={file}", "bs=1M", f"count={PROBE_BYTES >> 20}", "conv=fdatasync"]
        return PROBE_BYTES / run(command).seconds
    finally:
        file.unlink(missing_ok=True)


def _first_line(command: list[str]) -> str:
    return run(command).output.strip().splitlines()[0].strip("* ")
