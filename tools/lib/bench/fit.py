# SPDX-License-Identifier: Apache-2.0
"""Whether cost grows with size in a straight line."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Sequence

# Above it the cost counts as worse than linear: n·log n over the sizes tried stays below.
STRAIGHT = 1.15
# A growth that is smaller than this part of the fixed cost is lost in the noise of one machine.
VISIBLE = 0.2


@dataclass(frozen=True)
class Growth:
    """How the cost of one thing grows: seconds at each size, the first being nearly nothing."""

    sizes: Sequence[float]
    seconds: Sequence[float]

    @property
    def visible(self) -> list[tuple[float, float]]:
        """Size and seconds beyond the fixed cost, where that can be told from noise."""
        base_size, base = self.sizes[0], self.seconds[0]
        return [(size - base_size, seconds - base) for size, seconds in zip(self.sizes[1:], self.seconds[1:])
                if seconds - base > VISIBLE * base]

    @property
    def exponent(self) -> float | None:
        """The slope of log(seconds beyond the fixed cost) over log(size); None where the growth is hardly visible.

        Without taking the fixed cost off, the slope would be small however the rest grows.
        """
        points = self.visible
        return slope([math.log(size) for size, _ in points], [math.log(cost) for _, cost in points]) \
            if len(points) >= 3 else None

    @property
    def straight(self) -> bool:
        return self.exponent is None or self.exponent <= STRAIGHT

    @property
    def per_unit(self) -> float:
        """Seconds for one more of the sizes' unit, by the least squares of a straight line."""
        return slope(self.sizes, self.seconds)


def slope(xs: Sequence[float], ys: Sequence[float]) -> float:
    """The slope of the straight line of least squares."""
    mean_x, mean_y = sum(xs) / len(xs), sum(ys) / len(ys)
    across = sum((x - mean_x) ** 2 for x in xs)
    if across == 0:
        raise ValueError("a slope needs two different sizes")
    return sum((x - mean_x) * (y - mean_y) for x, y in zip(xs, ys)) / across
