# SPDX-License-Identifier: Apache-2.0
"""Straight lines are told from others, with and without a fixed cost."""

import unittest

from ..fit import Growth, slope

SIZES = [1.0, 125.0, 250.0, 500.0, 1000.0, 2000.0]


def growth(exponent: float, fixed: float = 3.0, factor: float = 0.01) -> Growth:
    return Growth(SIZES, [fixed + factor * (size - 1) ** exponent for size in SIZES])


class GrowthTests(unittest.TestCase):
    def test_a_straight_line_is_straight_whatever_its_fixed_cost(self) -> None:
        for fixed in (0.01, 1.0, 5.0):
            line = growth(1, fixed)
            self.assertAlmostEqual(line.exponent or 0, 1.0, places=6)
            self.assertTrue(line.straight)

    def test_a_parabola_is_not_even_behind_a_fixed_cost(self) -> None:
        curve = growth(2, fixed=10, factor=1e-4)
        self.assertAlmostEqual(curve.exponent or 0, 2.0, places=6)
        self.assertFalse(curve.straight)

    def test_a_growth_that_noise_hides_has_no_exponent_and_is_straight(self) -> None:
        flat = Growth(SIZES, [5.0, 5.1, 4.9, 5.2, 5.0, 5.3])
        self.assertIsNone(flat.exponent)
        self.assertTrue(flat.straight)

    def test_the_cost_of_one_more(self) -> None:
        self.assertAlmostEqual(growth(1).per_unit, 0.01)

    def test_a_slope_needs_two_sizes(self) -> None:
        with self.assertRaises(ValueError):
            slope([1.0, 1.0], [2.0, 3.0])
