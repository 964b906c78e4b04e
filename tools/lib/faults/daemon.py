# SPDX-License-Identifier: Apache-2.0
"""Engines that may die, hang, start again and run out of space: one of the scoreboard's own, and the one in a host."""

from __future__ import annotations

import contextlib
import json
import os
import shutil
import signal
import subprocess
import threading
import time
from pathlib import Path

from fidelity.engine_api import EngineAPI, EngineError

from . import filesystem
from .project import Hosted, remove_numbers

PROGRAMS = ("dockerd", "nsenter", "ip", "mkfs.ext4")
NETWORK = "envsnap-faults"
SIZE = 4 << 30
START_SECONDS = 180


class Victim:
    """An engine to which it can be done."""

    def start(self) -> None:
        raise NotImplementedError

    def kill(self) -> None:
        self._signal(signal.SIGKILL)

    def freeze(self) -> None:
        self._signal(signal.SIGSTOP)

    def thaw(self) -> None:
        self._signal(signal.SIGCONT)

    def _signal(self, number: int) -> None:
        """Sends a signal to its process, where that runs."""
        raise NotImplementedError


class Daemon(Victim):
    """dockerd on a disk and in a network namespace of its own, beside the engine of the machine."""

    def __init__(self, folder: Path, beside: EngineAPI) -> None:
        """`beside` is the machine's engine, whose runtime it takes."""
        self.folder, self.root, self.socket = folder, folder / "docker", folder / "docker.sock"
        self.log = folder / "dockerd.log"
        self.api = EngineAPI(str(self.socket))
        self._process: subprocess.Popen[bytes] | None = None
        self._starting = threading.Lock()
        self.root.mkdir(parents=True)
        info = beside.get("/info")
        default = info["DefaultRuntime"]
        own = {} if default == "runc" else {
            "default-runtime": default, "runtimes": {default: {"path": info["Runtimes"][default]["path"]}}}
        (folder / "daemon.json").write_text(json.dumps(own))

    @staticmethod
    def lacks() -> str | None:
        """What the machine lacks for it."""
        missing = [program for program in PROGRAMS if not shutil.which(program)]
        return f"there is no {', '.join(missing)}" if missing else None

    def set_up(self) -> None:
        """Makes the disk and the network namespace, and starts the engine."""
        filesystem.mount_ext4(self.folder / "disk.img", SIZE, self.root)
        subprocess.run(["ip", "netns", "delete", NETWORK], capture_output=True)
        filesystem.run("ip", "netns", "add", NETWORK)
        self.start()

    def start(self) -> None:
        """Starts the engine unless it runs, and waits for its first answer; one that gives up is started again."""
        deadline = time.monotonic() + START_SECONDS
        with self._starting:
            while not self.api.answers():
                if time.monotonic() > deadline:
                    raise RuntimeError(f"no engine answers at {self.socket}: {self.log.read_text()[-2000:]}")
                if not self.is_alive:
                    self._launch()
                time.sleep(0.1)

    def _launch(self) -> None:
        remove_numbers(self.folder / "pid", self.folder / "run")
        with self.log.open("ab") as log:
            self._process = subprocess.Popen(
                # Only the network is of its own: `ip netns exec` would hide its mounts as well.
                ["nsenter", f"--net=/run/netns/{NETWORK}", "dockerd", "--config-file", self.folder / "daemon.json",
                 "--host", f"unix://{self.socket}", "--data-root", self.root, "--exec-root", self.folder / "run",
                 "--pidfile", self.folder / "pid", "--bip", "10.181.201.1/24", "--storage-driver", "overlay2",
                 "--containerd-namespace", "faults", "--containerd-plugins-namespace", "faults-plugins"],
                stdin=subprocess.DEVNULL, stdout=log, stderr=log, start_new_session=True)

    @property
    def is_alive(self) -> bool:
        return self._process is not None and self._process.poll() is None

    def kill(self) -> None:
        super().kill()
        if self._process:
            self._process.wait()

    def fill(self) -> None:
        """Leaves no byte on its disk."""
        filesystem.fill(self.root)

    def free(self) -> None:
        filesystem.free(self.root)

    def _signal(self, number: int) -> None:
        if self._process and self.is_alive:
            self._process.send_signal(number)

    def tear_down(self) -> None:
        """Ends the engine, and takes its disk and its network away."""
        if self._process and self.is_alive:
            self.thaw()
            self._process.terminate()
            try:
                self._process.wait(60)
            except subprocess.TimeoutExpired:
                self.kill()
        mounts = [line.split()[1] for line in Path("/proc/mounts").read_text().splitlines()]
        for mount in reversed([mount for mount in mounts if Path(mount).is_relative_to(self.folder)]):
            subprocess.run(["umount", "--lazy", mount], capture_output=True)
        subprocess.run(["ip", "netns", "delete", NETWORK], capture_output=True)


class HostEngine(Victim):
    """The engine in a project's host."""

    def __init__(self, project: Hosted) -> None:
        self.project = project

    @property
    def socket(self) -> Path | None:
        """Where it listens, once it does."""
        process = self.project.process()
        socket = Path(f"/proc/{process}/root/run/docker.sock")
        return socket if process and socket.is_socket() else None

    def start(self) -> None:
        with contextlib.suppress(EngineError):
            self.project.start_host()

    def _signal(self, number: int) -> None:
        if process := self.project.process():
            with contextlib.suppress(ProcessLookupError):
                os.kill(process, number)
