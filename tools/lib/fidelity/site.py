# SPDX-License-Identifier: Apache-2.0
"""An engine together with the file system and the processes it works on."""

from __future__ import annotations

import os
import pickle
import time
from typing import Any, Callable, TypeVar

from .engine_api import EngineAPI

Result = TypeVar("Result")


def in_root(root: str, function: Callable[..., Result], *arguments: Any) -> Result:
    """Calls a function in a process of its own whose root folder is `root`.

    In there an engine's paths are what the engine says, symbolic links included, and /proc is the
    engine's own.
    """
    if root == "/":
        return function(*arguments)
    reading, writing = os.pipe()
    child = os.fork()
    if child == 0:
        status = 1
        try:
            os.close(reading)
            try:
                os.chroot(root)
                os.chdir("/")
                answer: tuple[bool, Any] = (True, function(*arguments))
            except BaseException as error:  # noqa: BLE001 - handed to the parent whatever it is
                answer = (False, f"{type(error).__name__}: {error}")
            with os.fdopen(writing, "wb") as stream:
                pickle.dump(answer, stream)
            status = 0
        finally:
            os._exit(status)
    os.close(writing)
    with os.fdopen(reading, "rb") as stream:
        content = stream.read()
    os.waitpid(child, 0)
    if not content:
        raise RuntimeError(f"the reader in {root} ended without an answer")
    succeeded, answer = pickle.loads(content)
    if not succeeded:
        raise RuntimeError(f"in {root}: {answer}")
    return answer


class Site:
    """An engine, the machine's path of its root folder, and how deep it lies."""

    def __init__(self, api: EngineAPI, root: str = "/") -> None:
        self.api = api
        self.root = root

    def call(self, function: Callable[..., Result], *arguments: Any) -> Result:
        """Calls a function where this engine's paths and process ids hold."""
        return in_root(self.root, function, *arguments)

    def process_folder(self, container: dict[str, Any]) -> str:
        """The machine's path of a running container's /proc folder."""
        return f"{self.root.rstrip('/')}/proc/{container['State']['Pid']}"

    def inside(self, container: dict[str, Any]) -> Site:
        """The engine inside a running container.

        The socket is looked for in /run: /var/run is an absolute symbolic link there, which
        would lead back to this machine's own.
        """
        root = self.process_folder(container) + "/root"
        return Site(EngineAPI(root + "/run/docker.sock"), root)

    def wait(self, seconds: float = 60) -> Site:
        """Waits until the engine answers."""
        deadline = time.monotonic() + seconds
        while not self.api.answers():
            if time.monotonic() > deadline:
                raise RuntimeError(f"no engine answers at {self.api.socket_path}")
            time.sleep(0.1)
        return self
