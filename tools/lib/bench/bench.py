# SPDX-License-Identifier: Apache-2.0
"""What all rows work with: the engine, the binary, the folder, and how much is to be done."""

from __future__ import annotations

import contextlib
import os
import shutil
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Iterator

from fidelity.engine_api import EngineAPI
from fidelity.site import Site
from fidelity.world import clean

from .command import CommandError
from .envsnap import Envsnap

# All names of containers, volumes, networks and projects begin with it.
PREFIX = "bench-"
HOST_IMAGE = "bar-company/foo-host:dev"
PLAIN = Path(__file__).parent / "plain"


@dataclass
class Bench:
    """One run of the benchmark."""

    state: Path
    tools: Path
    compose: list[str]
    envsnap: Envsnap
    site: Site
    rounds: int
    quick: bool
    keep: bool
    files: int

    @property
    def api(self) -> EngineAPI:
        return self.site.api

    @property
    def growth_rounds(self) -> int:
        """Rounds for the many sizes of the growth curves: each is one of several points on a line."""
        return min(self.rounds, 3)

    def say(self, text: str) -> None:
        print(f"bench: {text}", file=sys.stderr, flush=True)

    @contextlib.contextmanager
    def store(self, name: str) -> Iterator[Path]:
        """A fresh store, removed at the end with all its replays."""
        folder = self.state / f"store-{name}"
        self.envsnap.forget(folder)
        try:
            yield folder
        except BaseException:
            # What went wrong is said, not what then could not be cleaned up.
            with contextlib.suppress(CommandError):
                self.envsnap.forget(folder)
            raise
        self.envsnap.forget(folder)

    @contextlib.contextmanager
    def folder(self, name: str) -> Iterator[Path]:
        """An empty folder on the same disk as the stores, removed at the end."""
        folder = self.state / name
        shutil.rmtree(folder, ignore_errors=True)
        folder.mkdir(parents=True)
        try:
            yield folder
        finally:
            shutil.rmtree(folder, ignore_errors=True)

    def clean(self, name: str) -> None:
        """Removes the containers, networks and volumes of one project or fresh engine."""
        clean(self.api, PREFIX + name)


def engine_address() -> str:
    """The socket of the machine's engine."""
    host = os.environ.get("DOCKER_HOST", "unix:///var/run/docker.sock")
    if not host.startswith("unix://"):
        raise SystemExit(f"bench: DOCKER_HOST is {host}; files are measured, so it must be a unix socket")
    return host.removeprefix("unix://")
