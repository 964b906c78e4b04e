# SPDX-License-Identifier: Apache-2.0
"""A project on engines to which something happens while envsnap speaks with them."""

from __future__ import annotations

import contextlib
import signal
import subprocess
import threading
import time
from dataclasses import dataclass
from pathlib import Path
from typing import Callable

from fidelity.engine_api import EngineAPI, EngineError
from fidelity.site import Site
from fidelity.world import BUSYBOX, HOST_IMAGES, send_images

from .aftermath import CAPTURE, CHANGED, DIFFERS, FIRST, REPLAYS, Aftermath
from .board import Board
from .daemon import Daemon, HostEngine, Victim
from .envsnap import Done, Envsnap, Unexpected
from .operation import Place
from .project import Hosted, engine_address
from .relay import Answer, Relay, Swapped

# How long an engine hangs for a while, and after how long somebody loses patience, in seconds.
HANGS = 2
PATIENCE = 1.5
# A command that is interrupted ends within this.
GRACE = 20
WORDS = {"capture": CAPTURE, "replay": REPLAYS}


@dataclass(frozen=True)
class Trouble:
    """What happens to an engine."""

    name: str
    answer: Answer = Answer.PASS
    # What is done to the engine: a function here or a method there.
    act: str = ""
    is_interrupted: bool = False
    # The command has to succeed all the same.
    is_harmless: bool = False


INNER = [
    Trouble("answers 500", Answer.REFUSE), Trouble("closes a connection", Answer.CLOSE),
    Trouble("cuts an answer", Answer.CUT), Trouble("is killed", act="kill"),
    Trouble("is killed and starts again", act="restart"), Trouble("hangs for 2 s", act="hang", is_harmless=True),
    Trouble("hangs", act="freeze", is_interrupted=True)]
OUTER = [*INNER, Trouble("has no space left", act="fill")]


@dataclass(frozen=True)
class Point:
    """One combination."""

    operation: str
    is_inner: bool
    trouble: Trouble

    def __str__(self) -> str:
        return f"{self.operation}, the engine {'in the host ' if self.is_inner else ''}{self.trouble.name}"


POINTS = [Point(operation, is_inner, trouble) for operation in WORDS
          for is_inner, troubles in ((False, OUTER), (True, INNER)) for trouble in troubles]


class Troubled:
    """A project with a host on an engine of its own, to which envsnap speaks through a relay."""

    def __init__(self, board: Board) -> None:
        self.board, machine = board, EngineAPI(engine_address())
        self.folder = board.folder / "engine"
        self.daemon = Daemon(self.folder / "daemon", machine)
        self.template = self.folder / "captured"
        # Where it lies does not change: a replay's store is known by its path.
        self.place = Place(self.folder / "live")
        self.store = self.place.store
        try:
            self.daemon.set_up()
            send_images(machine, self.daemon.api, (BUSYBOX, HOST_IMAGES["26"]))
            self.project = Hosted(self.folder / "project", Site(self.daemon.api))
            self.host = HostEngine(self.project)
            self.project.up()
            self.relay = Relay(self.folder / "relay.sock", self.daemon.socket)
            usual = board.envsnap
            self.envsnap = Envsnap(usual.binary, usual.library, usual.temporary, f"unix://{self.relay.path}")
            self.after = Aftermath(self.envsnap, self.project, self.store)
            self.envsnap.fine(self.template / "store", *FIRST, statuses=(0, CHANGED))
        except BaseException:
            self.daemon.tear_down()
            raise
        self._swapped: Swapped | None = None
        # Operation -> how long it takes, and how many requests it sends to the machine's engine and to the host's.
        self.usual: dict[str, tuple[float, int, int]] = {}

    def measure(self, operation: str) -> None:
        """Runs an operation once without trouble."""
        self._refill(operation)
        self.relay.expect(0)
        ended, started = threading.Event(), time.monotonic()
        inside = threading.Thread(target=self._swap, args=(ended, 0, Answer.PASS))
        inside.start()
        done = self.envsnap.run(self.store, *WORDS[operation])
        seconds, requests = time.monotonic() - started, self.relay.requests
        ended.set()
        inside.join()
        inner = self._swapped.relay.requests if self._swapped else 0
        self._repair(operation)
        if done.status not in (0, DIFFERS, CHANGED) or not inner:
            raise Unexpected(f"{done} ended with {done.status} after {inner} requests to the host: {done.errors.strip()[-500:]}")
        self.usual[operation] = seconds, requests, inner

    def attempt(self, point: Point) -> tuple[bool, list[str]]:
        """Whether the trouble came before the end, and the problems after it."""
        self._refill(point.operation)
        before = self.envsnap.snapshots(self.store)
        try:
            was_hit, done, problems = self._run(point)
        finally:
            self._repair(point.operation)
        if not was_hit:
            return False, []
        if point.operation == "replay":
            return True, problems + self.after.of_replay(done)
        return True, problems + self.after.of_capture(done, before, self.board.random.random() < 0.5)

    def _run(self, point: Point) -> tuple[bool, Done, list[str]]:
        seconds, requests, inner = self.usual[point.operation]
        trouble, chance, ended = point.trouble, self.board.random, threading.Event()
        happened: list[float] = []
        process: subprocess.Popen[str] | None = None

        def interrupt() -> None:
            if process and not ended.is_set():
                process.send_signal(signal.SIGINT)

        def act() -> None:
            happened.append(time.monotonic())
            if trouble.is_interrupted:
                threading.Timer(PATIENCE, interrupt).start()
            self._act(trouble.act, self.host if point.is_inner else self.daemon)

        def act_inside(delay: float) -> None:
            if self._host_socket(ended) and not ended.wait(delay):
                act()

        inside = None
        if not point.is_inner:
            self.relay.expect(chance.randint(1, requests), trouble.answer, act)
        elif trouble.act:
            inside = threading.Thread(target=act_inside, args=(chance.uniform(0, seconds / 2),))
        else:
            inside = threading.Thread(
                target=self._swap, args=(ended, chance.randint(1, inner), trouble.answer, lambda: happened.append(0)))
        if inside:
            inside.start()
        process = self.envsnap.start(self.store, *WORDS[point.operation])
        done = self.envsnap.finish(process, WORDS[point.operation])
        finished = time.monotonic()
        ended.set()
        if inside:
            inside.join()
        return bool(happened), done, self._answer(trouble, done, finished - happened[0] if happened else 0)

    def _answer(self, trouble: Trouble, done: Done, seconds: float) -> list[str]:
        if trouble.is_harmless and done.status not in (0, CHANGED, DIFFERS):
            return [f"{done} ended with {done.status}, and the engine only hung for {HANGS} s: {done.errors.strip()[-400:]}"]
        if trouble.is_interrupted and seconds > PATIENCE + GRACE:
            return [f"{done} took {seconds:.0f} s to end when it was interrupted"]
        return []

    def _act(self, act: str, engine: Victim) -> None:
        if act == "restart":
            engine.kill()
            threading.Thread(target=engine.start, daemon=True).start()
        elif act == "hang":
            engine.freeze()
            threading.Timer(HANGS, engine.thaw).start()
        elif act:
            getattr(engine, act)()

    def _host_socket(self, ended: threading.Event) -> Path | None:
        """Waits until the host's engine listens; None where the command ends before."""
        while not (socket := self.host.socket):
            if ended.wait(0.02):
                return None
        return socket

    def _swap(
        self, ended: threading.Event, at: int, answer: Answer, act: Callable[[], None] = lambda: None
    ) -> None:
        """Puts a relay before the host's engine as soon as that listens."""
        if socket := self._host_socket(ended):
            self._swapped = Swapped(socket)
            self._swapped.relay.expect(at, answer, act)

    def _refill(self, operation: str) -> None:
        if operation == "replay":
            self.project.down()
        self.place.refill(self.template)

    def _repair(self, operation: str) -> None:
        """Makes both engines what they were."""
        self.relay.expect(0)
        self.daemon.thaw()
        self.daemon.free()
        self.daemon.start()
        self.host.thaw()
        if self._swapped:
            self._swapped.put_back()
            self._swapped = None
        # What a replay left is envsnap's to remove.
        if operation == "capture":
            try:
                self.project.again()
            except (RuntimeError, EngineError) as error:
                self.board.say(f"the project is made anew, since it does not start again: {error}")
                self.project.up()

    def tear_down(self) -> None:
        self.board.envsnap.calls += self.envsnap.calls
        # Whatever ended the row before its time is what is to be told.
        with contextlib.suppress(OSError):
            self.project.down()
        self.relay.close()
        self.daemon.tear_down()
