# SPDX-License-Identifier: Apache-2.0
"""Verdicts."""

import tempfile
import unittest
from pathlib import Path

from .. import report
from ..result import Budget, Result


class ResultTests(unittest.TestCase):
    def test_a_row_with_fewer_points_than_asked_for_says_so(self) -> None:
        result = Result("kill", "", "", least=10, points=9)
        self.assertEqual((result.passed, result.verdict), (True, "passed, fewer than asked for"))
        result.points = 10
        self.assertEqual(result.verdict, "passed")

    def test_a_row_that_tries_all_there_is_says_where_it_was_cut_off(self) -> None:
        result = Result("errors", "", "", points=9)
        self.assertEqual(result.verdict, "passed")
        self.assertIn("| all | 9 points |", report.document([result], [], ""))
        result.is_cut_off = True
        self.assertEqual(result.verdict, "passed, fewer than asked for")

    def test_a_row_without_points_has_not_passed(self) -> None:
        self.assertFalse(Result("kill", "", "", least=0).passed)

    def test_one_failure_is_enough(self) -> None:
        result = Result("kill", "", "", least=0, points=5)
        result.fail("here", ["this"])
        self.assertEqual((result.passed, result.verdict, result.failures), (False, "FAILED (1)", ["here: this"]))

    def test_the_document_has_every_row_and_every_failure(self) -> None:
        result = Result("kill", "a kill", "it holds", least=1, points=5, counts={"rm": 5})
        result.fail("here", ["this"])
        text = report.document([result], [("kernel", "1")], "2026-11-29")
        for part in ("| kill | a kill | it holds | 1 | 5 points | 1 |", "- FAILED, 1 such: here: this", "rm: 5", "| kernel | 1 |"):
            self.assertIn(part, text)

    def test_rows_that_were_run_by_themselves_become_one_document_which_keeps_what_people_wrote(self) -> None:
        with tempfile.TemporaryDirectory() as folder:
            files = []
            for row, points in (("crowd", 1), ("kill", 2), ("kill", 3)):
                file = Path(folder, f"{row}-{points}.json")
                results = [Result(row, "", "", least=1, points=points, seed=points)]
                file.write_text(report.data(results, [("kernel", "1")], "2026-11-29"))
                files.append(file)
            results, facts, when = report.read(files)
            self.assertEqual([(r.row, r.points, r.seed) for r in results], [("kill", 3, 3), ("crowd", 1, 1)])
            target = Path(folder, "all.md")
            target.write_text(f"old\n\n{report.FOUND}\n\nby hand\n")
            report.save(results, target, facts, when)
            self.assertIn(f"{report.FOUND}\n\nby hand\n", target.read_text())
            self.assertNotIn("old", target.read_text())

    def test_failures_that_say_the_same_are_one_line(self) -> None:
        failures = [f"rm, call {n}: the document {n}bcdef0123456 is no snapshot's" for n in range(3)] + ["gc: it hung"]
        self.assertEqual([len(group) for group in report.grouped(failures)], [3, 1])

    def test_a_budget_of_points_and_of_time(self) -> None:
        self.assertTrue(Budget(3).is_spent(3))
        self.assertFalse(Budget(3).is_spent(2))
        self.assertTrue(Budget(3, seconds=0, started=0).is_spent(0))
