# SPDX-License-Identifier: Apache-2.0
"""The row of fuzzing, with a tool that runs for as long as it is told, or half of it, or finds something."""

import os
import random
import tempfile
import unittest
from pathlib import Path
from unittest.mock import Mock

from ..board import Board
from ..rows import fuzz

TOOL = """#!/usr/bin/env bash
cd "$(dirname "$0")/.."
targets=(tar zstd)
case $1 in
--build) ;;
--times)
    shift
    (($#)) && targets=("$@")
    for target in "${targets[@]}"; do printf '%-12s %8d s %12d inputs\\n' "$target" "$(cat "times-$target")" 7; done
    printf '%-12s %8d s %12d inputs\\n' all 1 2 ;;
*)
    echo "fuzz: $4 $3" >&2
    echo "$4 $3" >>runs
    [[ ! -e broken-$4 ]] || exit 1
    echo $(($(cat "times-$4") + ($3 + 1) / 2)) >"times-$4" ;;
esac
"""


class FuzzTests(unittest.TestCase):
    def setUp(self) -> None:
        temporary = tempfile.TemporaryDirectory()
        self.addCleanup(temporary.cleanup)
        self.root = Path(temporary.name)
        (self.root / "tools").mkdir()
        tool = self.root / "tools" / "fuzz"
        tool.write_text(TOOL)
        os.chmod(tool, 0o755)
        (self.root / "times-tar").write_text("90")
        (self.root / "times-zstd").write_text("40")
        self.board = Board(Mock(), self.root, self.root, random.Random(1), seconds=200)
        self.board.say = Mock()  # type: ignore[method-assign]

    def runs(self, target: str) -> list[int]:
        """The seconds of each run of a target, in turn."""
        runs = (run.split() for run in (self.root / "runs").read_text().splitlines())
        return [int(seconds) for name, seconds in runs if name == target]

    def test_each_target_runs_until_it_has_had_its_share(self) -> None:
        result = fuzz.run(self.board)
        self.assertEqual((result.points, result.failures), (200, []))
        self.assertEqual(result.counts, {"tar, inputs": 7, "zstd, inputs": 7})
        # Each run gets half of the time that it is given; what was run before counts.
        self.assertEqual(self.runs("tar"), [10, 5, 2, 1])
        self.assertEqual(self.runs("zstd"), [60, 30, 15, 7, 3, 1])

    def test_what_was_found_fails_the_row_and_is_not_tried_again(self) -> None:
        (self.root / "broken-tar").touch()
        result = fuzz.run(self.board)
        self.assertEqual(result.failures, ["tar: fuzz: tar 10"])
        self.assertEqual(self.runs("tar"), [10])
        self.assertEqual((self.root / "times-zstd").read_text().strip(), "100")
