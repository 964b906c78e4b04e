# SPDX-License-Identifier: Apache-2.0
"""What all rows share: the binary, the stores on which operations are tried, the source of chance, and the scale."""

from __future__ import annotations

import sys
import time
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from random import Random

from .envsnap import Envsnap
from .operation import Operation, Place, Scenes
from .result import Budget, Result


@dataclass
class Board:
    """One run of the scoreboard."""

    envsnap: Envsnap
    root: Path
    folder: Path
    random: Random
    quick: bool = False
    # How many points of each row, where that was chosen.
    points: int | None = None
    # How long each row may take, where that was chosen.
    seconds: float | None = None
    _usual: dict[str, float] = field(default_factory=dict)

    @property
    def stride(self) -> int:
        """Every call in turn, or every so many in a quick run."""
        return 31 if self.quick else 1

    @cached_property
    def scenes(self) -> Scenes:
        return Scenes(self.envsnap, self.root, self.folder / "scenes")

    @cached_property
    def _operations(self) -> list[Operation]:
        return self.scenes.operations()

    def operations(self) -> list[Operation]:
        """The operations that need no engine."""
        return self._operations

    def operation(self, name: str) -> Operation:
        return next(operation for operation in self._operations if operation.name == name)

    def scenarios(self) -> list[list[Operation]]:
        """Operations one after another on one disk."""
        first, all = self.scenes.ids["v1"], self.scenes.ids
        chain = [
            self.operation("import"),
            Operation("rm after import", Path(), ("rm", first), frozenset(all.values()), frozenset([all["v2"]]), again=(10,)),
            Operation("gc after rm", Path(), ("gc",), frozenset([all["v2"]]), frozenset([all["v2"]])),
            Operation("import after gc", Path(), ("import", str(self.scenes.bundles["v1"])), frozenset([all["v2"]]),
                      frozenset(all.values())),
        ]
        alone = [[operation] for operation in self._operations if operation.name != "import"]
        return [chain, *alone]

    def place(self, name: str = "place") -> Place:
        return Place(self.folder / name)

    def usual_seconds(self, operation: Operation) -> float:
        """How long an operation takes without a fault."""
        if operation.name not in self._usual:
            place = self.place().refill(operation.template)
            started = time.monotonic()
            self.envsnap.run(place.store, *place.words(operation))
            self._usual[operation.name] = time.monotonic() - started
        return self._usual[operation.name]

    def budget(self, row: str, least: int) -> Budget:
        """How much a row may do: what was asked for, a few points in a quick run, else the scoreboard's least."""
        points = self.points if self.points is not None else QUICK.get(row, 10) if self.quick else least
        return Budget(points, self.seconds)

    def say(self, text: str) -> None:
        print(f"faults: {text}", file=sys.stderr, flush=True)

    def tell(self, result: Result) -> None:
        """Shows the newest failure; of very many only the first."""
        if len(result.failures) <= 40:
            self.say(f"FAILED: {result.failures[-1][:1500]}")


# Points of a quick run.
QUICK = {"kill": 6, "power": 1, "full": 1, "pages": 10, "model": 5, "engine": 6}
