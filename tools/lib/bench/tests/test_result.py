# SPDX-License-Identifier: Apache-2.0
"""Ratios, targets and how values are written."""

import unittest

from ..result import EXPONENT, PASSES, Result, amount, share, spread


class ResultTests(unittest.TestCase):
    def test_ratio_is_that_of_the_medians(self) -> None:
        result = Result("row", "what", "s", 1 / 6, [1.0, 2.0, 90.0], [11.0, 12.0, 13.0], "the plain way")
        self.assertEqual(result.ratio, 2 / 12)
        self.assertTrue(result.met)
        self.assertEqual((result.target, result.verdict), ("≤ 1/6", "met"))

    def test_a_ratio_above_its_target_is_not_met(self) -> None:
        result = Result("row", "what", "s", 1 / 6, [2.1], [12.0], "the plain way")
        self.assertIs(result.met, False)
        self.assertEqual(result.verdict, "NOT met")

    def test_without_another_way_the_median_has_to_meet_the_target(self) -> None:
        self.assertTrue(Result("row", "what", "s", 0.05, [0.04, 0.04, 0.07]).met)
        self.assertIs(Result("row", "what", "s", 0.05, [0.04, 0.06, 0.07]).met, False)

    def test_of_peaks_every_one_has_to_meet_the_target(self) -> None:
        self.assertTrue(Result("row", "what", "MiB", 128, [50.0, 128.0], every=True).met)
        self.assertIs(Result("row", "what", "MiB", 128, [50.0, 60.0, 128.1], every=True).met, False)

    def test_what_was_not_measured_is_neither_met_nor_missed(self) -> None:
        result = Result("row", "what", "s", 1 / 10, [], [3.0], "that replay")
        self.assertIsNone(result.met)
        self.assertEqual((result.verdict, result.ratio_text), ("not there", ""))

    def test_what_has_only_to_succeed_is_met_when_it_did(self) -> None:
        self.assertTrue(Result("row", "what", "s", PASSES, [1e6]).met)
        self.assertIsNone(Result("row", "what", "s", PASSES, []).met)

    def test_shares(self) -> None:
        for ratio, text in ((1 / 60, "1/60"), (1 / 3, "1/3"), (1 / 16.5, "1/16.5"), (0.55, "0.55 ×"), (1.4, "1.40 ×")):
            self.assertEqual(share(ratio), text)

    def test_amounts(self) -> None:
        for value, unit, text in (
            (0.0000116, "s", "11.6 µs"), (0.05, "s", "50 ms"), (19.34, "s", "19.3 s"), (381_000_000, "B", "381 MB"),
            (1_206_000_000, "B", "1.21 GB"), (812, "B", "812 B"), (51.2, "MiB", "51 MiB"), (1.064, EXPONENT, "1.06"),
            (0.0, EXPONENT, "flat"),
        ):
            self.assertEqual(amount(value, unit), text)

    def test_the_spread_names_least_and_most(self) -> None:
        self.assertEqual(spread([3.0, 1.0, 2.0], "s"), "2 s (1 s – 3 s)")
        self.assertEqual(spread([3.0], "s"), "3 s")
        self.assertEqual(spread([], "s"), "")
