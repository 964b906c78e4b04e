# SPDX-License-Identifier: Apache-2.0
"""The two-host reproduction, brought up once and left running between the rounds."""

from __future__ import annotations

import shutil
import sys
from pathlib import Path

from .bench import HOST_IMAGE, PLAIN, PREFIX, Bench
from .command import CommandError, Measured, run, settle

PROJECT = PREFIX + "foo"
# A subnet of the benchmark's, so that a reproduction of somebody else's may run beside it.
SUBNET = "10.181.92"
SERVICES = [f"postgres:{SUBNET}.100:5432", f"http:{SUBNET}.100:80", f"redis:{SUBNET}.101:6379", f"http:{SUBNET}.101:80"]
ROWS = 10000
DATA = f"""create table if not exists demo (id int primary key, note text);
    insert into demo select n, md5(n::text) from generate_series(1, {ROWS}) n on conflict do nothing"""
FRESH = PREFIX + "fresh"


class Reproduction:
    """`tools/reproductions/foo` under a name of its own."""

    def __init__(self, bench: Bench) -> None:
        self.bench = bench
        self.folder = bench.state / "foo"
        self.started = False

    def up(self) -> None:
        """Brings it up unless it runs, with known data in it."""
        if self._runs():
            self.bench.say(f"uses {PROJECT}, which runs already")
            return
        self.started = True
        self.bench.say(f"bringing {PROJECT} up")
        if not self.folder.exists():
            shutil.copytree(self.bench.tools / "reproductions/foo", self.folder)
            for file in self.folder.rglob("docker-compose.yml"):
                file.write_text(file.read_text().replace("10.81.82.", f"{SUBNET}."))
        self._make("run")
        self._compose("foo-host-corge", "postgres", "psql", "-U", "postgres", "-qc", DATA)
        (self.folder / "var/lib/foo-data/bar.txt").write_text("the moment to keep\n")

    def remove(self) -> None:
        self._make("clean")
        shutil.rmtree(self.folder)

    def plain_capture(self, out: Path, save: str = "image") -> Measured:
        """The plain way's capture; `save` says whether images are saved one by one or all of an engine at once."""
        return run([PLAIN / "capture", PROJECT, self.folder, out, save])

    def plain_replay(self, out: Path) -> float:
        """The plain way back into a fresh engine, until the services answer; the seconds. The engine is left running."""
        settle()
        done = run([PLAIN / "replay", PROJECT, self.folder, out, FRESH, HOST_IMAGE])
        seconds = done.seconds + self.wait_healthy(FRESH)
        self.check_data(["docker", "exec", FRESH, "docker-compose", "exec", "-T", "foo-host-corge"])
        return seconds

    def wait_healthy(self, container: str) -> float:
        """Waits until the services answer in the engine of a container; the seconds."""
        process = self.bench.api.get(f"/containers/{container}/json")["State"]["Pid"]
        command = ["nsenter", "--target", str(process), "--net", sys.executable, "-B", "-m", "bench.health", *SERVICES]
        return run(command, {"PYTHONPATH": str(self.bench.tools / "lib")}).seconds

    def check_data(self, in_host: list[str]) -> None:
        """Fails unless the data is there that was written when it was brought up."""
        rows = run([*in_host, "docker-compose", "exec", "-T", "postgres", "psql", "-U", "postgres", "-tAc",
                    "select count(*) from demo"]).output.strip()
        text = run([*in_host, "cat", "/home/ec2-user/foo-data/bar.txt"]).output.strip()
        if rows != str(ROWS) or text != "the moment to keep":
            raise CommandError(f"the data did not come back: {rows} rows, {text!r} in bar.txt")

    def _runs(self) -> bool:
        containers = self.bench.api.containers(PROJECT)
        return sum(c["State"]["Running"] for c in containers) == 2 and (self.folder / "var/lib/foo-data/bar.txt").exists()

    def _compose(self, host: str, *command: str) -> None:
        run([*self.bench.compose, "exec", "-T", host, "docker-compose", "exec", "-T", *command],
            {"COMPOSE_PROJECT_NAME": PROJECT}, self.folder)

    def _make(self, target: str) -> None:
        run(["make", "-C", self.folder, target], {
            "COMPOSE_PROJECT_NAME": PROJECT, "ENVSNAP_TOOLS": str(self.bench.tools),
            "COMPOSE": " ".join(self.bench.compose)})
