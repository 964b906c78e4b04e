# SPDX-License-Identifier: Apache-2.0
"""What a container is doing: states, health, restart policies, order."""

from __future__ import annotations

from ..world import World
from . import environment

SECOND = 1_000_000_000


@environment("C-14, C-17", quick=True, stores=True)
def states(world: World) -> None:
    world.container("created", start=False)
    world.container("running")
    paused = world.container("paused")
    world.api.post(f"/containers/{paused}/pause")
    for status in (0, 3, 127):
        name = world.container(f"exited-{status}", ["sh", "-c", f"exit {status}"])
        world.wait_exited(name)


@environment("C-14")
def killed(world: World) -> None:
    name = world.container("killed")
    world.api.post(f"/containers/{name}/kill", query={"signal": "KILL"})
    world.wait_exited(name)
    stopped = world.container("stopped", ["sh", "-c", "trap 'exit 5' TERM; sleep 1000000 & wait"])
    world.api.post(f"/containers/{stopped}/stop", query={"t": "5"})


@environment("C-02, checklist: Health.Status", healthy=True)
def healthy(world: World) -> None:
    name = world.container("healthy", Healthcheck={
        "Test": ["CMD-SHELL", "test -e /bin/sh"], "Interval": SECOND, "Timeout": 2 * SECOND, "Retries": 5,
        "StartPeriod": SECOND})
    world.wait_health(name)


@environment("checklist: Health.Status")
def unhealthy(world: World) -> None:
    name = world.container("unhealthy", Healthcheck={
        "Test": ["CMD", "false"], "Interval": SECOND, "Timeout": SECOND, "Retries": 1})
    world.wait_health(name, "unhealthy")


@environment("C-02")
def healthcheck_forms(world: World) -> None:
    image = world.image("checked", "HEALTHCHECK --interval=7s --retries=9 CMD true")
    world.container("none", image=image, Healthcheck={"Test": ["NONE"]})
    world.container("inherited", image=image, Healthcheck={"Interval": 3600 * SECOND})
    world.container("never", Healthcheck={"Test": ["CMD", "true"], "Interval": 3600 * SECOND, "StartPeriod": 3600 * SECOND})


@environment("C-15", quick=True)
def restart_policies(world: World) -> None:
    for name, count in (("no", 0), ("always", 0), ("unless-stopped", 0), ("on-failure", 0), ("on-failure", 4)):
        world.container(f"{name}-{count}", host={"RestartPolicy": {"Name": name, "MaximumRetryCount": count}})
    world.container("empty", host={"RestartPolicy": {"Name": "", "MaximumRetryCount": 0}})


@environment("C-15")
def stopped_with_policy(world: World) -> None:
    for name in ("always", "unless-stopped", "on-failure"):
        container = world.container(
            name, ["sh", "-c", "trap 'exit 0' TERM; sleep 1000000 & wait"], host={"RestartPolicy": {"Name": name}})
        world.api.post(f"/containers/{container}/stop", query={"t": "5"})


@environment("C-16")
def auto_remove(world: World) -> None:
    world.container("removed-at-exit", host={"AutoRemove": True})


@environment("C-21")
def start_order(world: World) -> None:
    names = [world.container(service, start=False) for service in ("c", "a", "b")]
    for name in reversed(names):
        world.start(name)


@environment("C-14, C-17")
def paused_healthy(world: World) -> None:
    name = world.container("paused", Healthcheck={"Test": ["CMD", "true"], "Interval": SECOND, "Timeout": SECOND})
    world.wait_health(name)
    world.api.post(f"/containers/{name}/pause")
