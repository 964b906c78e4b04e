# SPDX-License-Identifier: Apache-2.0
"""One environment: made, captured, removed, replayed and compared."""

from __future__ import annotations

import re
import shutil
import time
from dataclasses import dataclass, field
from typing import Any

from .comparison import Finding, Outcome, compare
from .coverage import Coverage
from .engine_api import EngineError
from .engines import Engines
from .environments import Environment
from .envsnap import Envsnap
from .reading import Facts, Reader
from .site import Site
from .world import ComposeError, World, clean, run_compose

DIRECT = "direct"
# What envsnap's verdict is about; files and processes it does not look at.
INSPECTED = ("container ", "network ", "volume ", "image ", "engine ")


@dataclass
class Result:
    """What came out of one environment on one pair of engines."""

    environment: str
    pair: str
    outcome: Outcome = field(default_factory=Outcome)
    problems: list[str] = field(default_factory=list)
    seconds: float = 0

    @property
    def passed(self) -> bool:
        return not self.problems and not self.outcome.different


class Rounds:
    """Runs environments; one store and one set of engines serve all."""

    def __init__(self, engines: Engines, envsnap: Envsnap, coverage: Coverage) -> None:
        self.engines, self.envsnap, self.coverage = engines, envsnap, coverage
        self.outer_address = f"unix://{engines.outer.api.socket_path}"

    def run(self, environment: Environment, engine: str, capsules: list[str]) -> list[Result]:
        """Captures on one engine and replays in capsules of the others."""
        site = self.engines.site(engine)
        world = self.world(environment, engine)
        captured: Facts | None = None
        snapshot = f"{environment.name}-{engine}"
        results = [Result(environment.name, f"{engine} → {capsule}") for capsule in capsules]
        self.coverage.prepare(engine)
        try:
            environment.build(world)
            started = time.monotonic()
            captured = Reader(site, world.project).read()
            self.coverage.count(captured, engine)
            envelope = self.envsnap.capture(self.engines.address(engine), world.project, snapshot)
            problems = self._unchanged(captured, site, world)
            problems += [f"not captured: {r['object']}: {r['text']}" for r in envelope["data"]["notCaptured"]
                         if r["weight"] == "loss"]
            world.remove()
            for result, capsule in zip(results, capsules):
                result.problems += problems
                self._replay(environment, result, world, captured, snapshot, capsule, engine)
                result.seconds = time.monotonic() - started
                started = time.monotonic()
        except Exception as error:  # noqa: BLE001 - one environment must not end the others
            for result in results:
                result.problems.append(f"{type(error).__name__}: {error}")
        finally:
            try:
                world.remove()
            except (EngineError, OSError) as error:
                results[0].problems.append(f"could not be removed: {error}")
        return results

    def world(self, environment: Environment, engine: str) -> World:
        folder = self.engines.state / "projects" / environment.name
        return World(self.engines.site(engine), environment.name, folder, self.engines.command_prefix(engine))

    def _unchanged(self, captured: Facts, site: Site, world: World) -> list[str]:
        """A capture leaves everything as it was."""
        again = Reader(site, world.project).read(files=False)
        before = {name: facts for name, facts in captured.items() if not name.startswith(("layer ", "files "))}
        return [f"the capture changed {f}" for f in compare(before, again).different if not _pause_mark(f)]

    def _replay(
        self, environment: Environment, result: Result, world: World, captured: Facts, snapshot: str, capsule: str,
        engine: str,
    ) -> None:
        replay = world.project
        direct = capsule == DIRECT
        address = self.engines.address(engine) if direct else self.outer_address
        options = ["--direct"] if direct else ["--capsule-image", self.engines.host_image(capsule)]
        if environment.healthy:
            options += ["--wait", "healthy"]
        try:
            warnings = self.envsnap.replay(address, snapshot, replay, *options)["warnings"]
            site = self.engines.site(engine) if direct else self._capsule(replay)
            found = Reader(site, world.project if direct else None).read()
            result.outcome = compare(without_unreadable(captured, found), without_unreadable(found, captured))
            status, verdict = self.envsnap.verify(address, replay)
            result.problems += disagreements(result.outcome, verdict)
            if (status == 0) != verdict["exact"]:
                result.problems.append(f"verify ended with {status} and says exact: {verdict['exact']}")
            result.problems += self._compose(environment, world, site, (engine, capsule), warnings)
        except Exception as error:  # noqa: BLE001
            result.problems.append(f"{type(error).__name__}: {error}")
        finally:
            self._remove(address, replay, result)

    def _capsule(self, replay: str) -> Site:
        outer = self.engines.outer
        return outer.inside(outer.api.get(f"/containers/envsnap-{replay}/json")).wait()

    def _remove(self, address: str, replay: str, result: Result) -> None:
        try:
            self.envsnap.down(address, replay)
        except Exception as error:  # noqa: BLE001
            result.problems.append(f"down: {error}")
            clean(self.engines.outer.api, f"envsnap-{replay}")

    def _compose(
        self, environment: Environment, world: World, site: Site, pair: tuple[str, str], warnings: list[str]
    ) -> list[str]:
        """The compose tool that made the project finds every container up to date.

        What it recreates all the same (traps K-02 to K-05) envsnap must have announced.
        """
        engine, capsule = pair
        if not world.compose_version or (world.compose_version == 2 and capsule == "20.10"):
            return []
        before = {c["Name"]: c["Id"] for c in site.api.containers(world.project)}
        announced = [w for w in warnings if "will recreate" in w]
        # An image has another id in the other kind of store, which both compose tools remember (traps K-03, K-04).
        recreating = environment.recreated or self.engines.stores_differ(engine, capsule)
        try:
            output = self._up(world, site)
        except ComposeError as error:
            # Compose v1 fails where it has to recreate anything on an engine of API 1.45 or newer (trap K-04).
            expected = recreating and announced and "ContainerConfig" in str(error)
            return [] if expected else [str(error)]
        after = {c["Name"]: c["Id"] for c in site.api.containers(world.project)}
        recreated = sorted(name.lstrip("/") for name in before.keys() | after.keys() if before.get(name) != after.get(name))
        silent = [name for name in recreated if not any(name in warning for warning in announced)]
        if silent or (recreated and not recreating):
            return [f"compose up recreated {recreated}, not announced: {silent}: {' '.join(output.split())[:300]}"]
        return []

    def _up(self, world: World, site: Site) -> str:
        try:
            world.write_again()
            if world.compose_version == 1:
                command, socket = ["docker-compose"], site.api.socket_path
            else:
                command = ["docker", "exec", f"envsnap-{world.project}", "docker-compose", "--project-directory",
                           str(world.folder), "-f", f"{world.folder}/docker-compose.yml"]
                socket = self.engines.outer.api.socket_path
            return run_compose([*command, "-p", world.project, "up", "-d", "--no-build"], world.folder, socket)
        finally:
            shutil.rmtree(world.folder, ignore_errors=True)


def without_unreadable(facts: Facts, other: Facts) -> Facts:
    """Without the layers of stopped containers where containerd's store keeps them out of the other's sight."""
    return {
        name: fields for name, fields in facts.items()
        if not name.startswith("layer ") or name in other or name.replace("layer ", "container ", 1) not in other
        or other[name.replace("layer ", "container ", 1)].get("State.Running")
    }


def _pause_mark(finding: Finding) -> bool:
    """An engine calls a container unhealthy from a pause on, until its next check has passed."""
    return finding.field == "State.Health.Status" and finding.found in ("unhealthy", "healthy", "starting")


def _same(mine: Finding, theirs: dict[str, Any]) -> bool:
    """Whether both speak of the same field; lists that differ in length one of them names whole."""
    if mine.object.split(" ", 1)[1].rsplit("/", 1)[-1] != theirs["object"].split(" ", 1)[-1].rsplit("/", 1)[-1]:
        return False
    left, right = (re.sub(r"\[\d+\]", "", text) for text in (mine.field, theirs["field"]))
    return left.startswith(right) or right.startswith(left)


def disagreements(outcome: Outcome, verdict: dict[str, Any]) -> list[str]:
    """What one of the two readers calls different and the other does not."""
    problems = []
    for mine in outcome.different:
        if mine.object.startswith(INSPECTED) and not any(_same(mine, theirs) for theirs in verdict["different"]):
            problems.append(f"envsnap does not call different: {mine}")
    for theirs in verdict["different"]:
        if not any(_same(mine, theirs) for mine in outcome.different):
            text = f"{theirs['object']}: {theirs['field']}: {theirs.get('captured')!r}, {theirs.get('found')!r}"
            problems.append(f"envsnap alone calls different: {text}")
    return problems
