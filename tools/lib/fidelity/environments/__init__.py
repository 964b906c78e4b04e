# SPDX-License-Identifier: Apache-2.0
"""The family of environments, each small and for one trap or a group of fields."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Callable

from ..world import World


@dataclass(frozen=True)
class Environment:
    name: str
    traps: str
    build: Callable[[World], None]
    # Engines to capture from, and of the capsule; None: all.
    captured_on: tuple[str, ...] | None = None
    replayed_on: tuple[str, ...] | None = None
    quick: bool = False
    healthy: bool = False
    # Replay also on the captured engine itself, without a capsule.
    direct: bool = False
    # Compose is expected to recreate containers, since envsnap says that it will (traps K-02 to K-05).
    recreated: bool = False
    depth: int = 1
    # Tried with containerd's image store as well.
    stores: bool = False


FAMILY: list[Environment] = []


def environment(
    traps: str, captured_on: tuple[str, ...] | None = None, replayed_on: tuple[str, ...] | None = None,
    quick: bool = False, healthy: bool = False, direct: bool = False, recreated: bool = False, depth: int = 1,
    stores: bool = False,
) -> Callable[[Callable[[World], None]], Callable[[World], None]]:
    """Registers a function that builds an environment; its name is the environment's."""

    def register(build: Callable[[World], None]) -> Callable[[World], None]:
        name = build.__name__.replace("_", "-")
        FAMILY.append(Environment(
            name, traps, build, captured_on, replayed_on, quick, healthy, direct, recreated, depth, stores))
        return build

    return register


def family() -> list[Environment]:
    """All environments, in the order they are written in."""
    from . import containers, resources, states, networks, addresses, storage, trees, images, composed, nested  # noqa: F401

    return FAMILY
