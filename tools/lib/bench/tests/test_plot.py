# SPDX-License-Identifier: Apache-2.0
"""The plot is well-formed, labelled, and every point lies where its value is."""

import unittest
import xml.etree.ElementTree as ElementTree

from ..plot import BOTTOM, HEIGHT, LEFT, PANEL, RIGHT, TOP, Panel, svg, ticks

SVG = "{http://www.w3.org/2000/svg}"
PANELS = [
    Panel("bytes", "size of the volume [MB]", [0, 500, 1000], {"capture": [0.0, 2.5, 5.0], "replay": [5.0, 7.5, 10.0]}),
    Panel("files", "files in the volume", [10, 400_000], {"capture": [0.5, 30.0]}),
]


class PlotTests(unittest.TestCase):
    def setUp(self) -> None:
        self.root = ElementTree.fromstring(svg(PANELS))

    def test_axes_are_labelled_with_their_units(self) -> None:
        texts = [text.text for text in self.root.iter(f"{SVG}text")]
        self.assertEqual(texts.count("seconds"), 2)
        for label in ("size of the volume [MB]", "files in the volume", "capture", "replay", "400k"):
            self.assertIn(label, texts)

    def test_points_lie_where_their_values_are(self) -> None:
        first = next(self.root.iter(f"{SVG}polyline")).attrib["points"].split()
        points = [tuple(float(number) for number in point.split(",")) for point in first]
        bottom, middle = HEIGHT - BOTTOM, (HEIGHT - BOTTOM + TOP) / 2
        self.assertEqual(points[0], (LEFT, bottom))
        self.assertEqual(points[2], (PANEL - RIGHT, middle))
        self.assertAlmostEqual(points[1][0], (LEFT + PANEL - RIGHT) / 2, delta=0.1)

    def test_ticks_are_round_and_reach_the_most(self) -> None:
        self.assertEqual(ticks(10), [0, 2, 4, 6, 8, 10])
        for most in (0.003, 0.7, 3, 96, 1234, 2e6):
            self.assertGreaterEqual(ticks(most)[-1], most)
            self.assertLessEqual(len(ticks(most)), 7)
