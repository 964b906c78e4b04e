# SPDX-License-Identifier: Apache-2.0
"""The table and the document, and that a rerun loses nothing that people wrote."""

import unittest

from .. import report
from ..profile import Phase, phases
from ..result import Result

RESULTS = [
    Result("a", "first | capture", "s", 1 / 6, [1.0, 1.5, 2.0], [12.0, 13.0, 14.0], "the plain way"),
    Result("b", "peak", "MiB", 128, [140.0], note="1 call"),
    Result("c", "reset", "s", 1 / 10, [], [1.0], "that replay", "this envsnap has no reset"),
]


def document(old: str = "", plot: str | None = "growth.svg") -> str:
    return report.document(RESULTS, [("kernel", "6.1")], 5, 3, plot, old)


class ReportTests(unittest.TestCase):
    def test_the_table_has_target_values_ratio_and_verdict(self) -> None:
        first = report.text(RESULTS).splitlines()[1]
        for part in ("≤ 1/6", "1.5 s (1 s – 2 s)", "the plain way: 13 s (12 s – 14 s)", "1/8.7", "met"):
            self.assertIn(part, first)

    def test_the_document_counts_what_was_judged(self) -> None:
        text = document()
        self.assertIn("1 of 2 targets are met.", text)
        self.assertIn("| first \\| capture |", text)
        self.assertIn("- reset: this envsnap has no reset.", text)
        self.assertIn("](growth.svg)", text)
        self.assertIn("| kernel | 6.1 |", text)

    def test_without_curves_there_is_no_plot(self) -> None:
        self.assertNotIn("## Growth", document(plot=None))

    def test_what_people_wrote_outlives_a_rerun(self) -> None:
        written = report.replaced(document(), "limits", "The disk.\n\nAnd the engine.")
        again = document(old=written)
        self.assertEqual(report.kept(again, "limits"), "The disk.\n\nAnd the engine.")
        self.assertEqual(report.kept(again, "profile"), "Not written yet.")
        self.assertEqual(document(old=again), again)

    def test_a_marker_without_its_end_is_an_error_and_not_a_loss(self) -> None:
        broken = document().replace("<!-- end of limits -->", "")
        with self.assertRaises(ValueError):
            document(old=broken)
        with self.assertRaises(ValueError):
            report.replaced("no markers", "limits", "text")

    def test_phases_of_one_kind_are_one(self) -> None:
        marks = [(0.0, "starting"), (1.0, "reading a"), (2.0, "reading b"), (2.5, "note: a socket"), (4.0, "committing")]
        self.assertEqual(phases(marks, 4.5), [
            Phase("starting", 1.0), Phase("reading a and 1 more", 3.0), Phase("committing", 0.5)])
