# SPDX-License-Identifier: Apache-2.0
"""The rows of the scoreboard, in the order in which they are run."""

from __future__ import annotations

from typing import Callable

from ..board import Board
from ..result import Result
from . import crowd, engine, full, fuzz, kill, live, model, pages, power, refuse, rot

ROWS: dict[str, Callable[[Board], Result]] = {
    "kill": kill.run, "errors": refuse.run, "power": power.run, "full": full.run, "rot": rot.run, "pages": pages.run,
    "model": model.run, "crowd": crowd.run, "live-kill": live.kill, "live-errors": live.refuse, "engine": engine.run, "fuzz": fuzz.run,
}
# Those that need an engine.
WITH_ENGINE = {"live-kill", "live-errors", "engine"}
# Those that are too long for a quick run, and what of them the tests have instead.
LONG = {"fuzz": "FuzzingTests give the committed corpus to every parser"}
