# SPDX-License-Identifier: Apache-2.0
"""What was measured for one line of the table, and whether it meets its target."""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction
from statistics import median
from typing import Sequence

# The limit of what is only to succeed, in whatever time.
PASSES = float("inf")
# The unit of an exponent, 0 where there is no growth to be seen.
EXPONENT = "exponent"


@dataclass(frozen=True)
class Result:
    """One line: envsnap's values, and the other way's where the target is a ratio.

    Ratio and target are those of the medians. Without `other` the target is in the values' own unit, and
    with `every` each value has to meet it. A result without values says why in `note`.
    """

    row: str
    what: str
    unit: str
    limit: float | None
    ours: Sequence[float] = ()
    other: Sequence[float] = ()
    against: str = ""
    note: str = ""
    every: bool = False

    @property
    def measured(self) -> bool:
        return bool(self.ours)

    @property
    def ratio(self) -> float | None:
        return median(self.ours) / median(self.other) if self.ours and self.other else None

    @property
    def met(self) -> bool | None:
        """None where there is nothing to judge."""
        if not self.measured or self.limit is None:
            return None
        if self.ratio is not None:
            return self.ratio <= self.limit
        return (max(self.ours) if self.every else median(self.ours)) <= self.limit

    @property
    def verdict(self) -> str:
        if not self.measured:
            return "not there"
        return {True: "met", False: "NOT met", None: ""}[self.met]

    @property
    def target(self) -> str:
        if self.limit is None:
            return ""
        if self.limit == PASSES:
            return "passes"
        return f"≤ {share(self.limit)}" if self.against else f"≤ {amount(self.limit, self.unit)}"

    @property
    def ratio_text(self) -> str:
        return "" if self.ratio is None else share(self.ratio)


def share(ratio: float) -> str:
    """A ratio as people say it: 1/37, or 1.40 ×."""
    if 0 < ratio <= 0.34:
        inverse = 1 / ratio
        near = Fraction(ratio).limit_denominator(100)
        exact = near.numerator == 1 and abs(float(near) - ratio) < 1e-12
        return f"1/{near.denominator}" if exact else f"1/{inverse:.1f}"
    return f"{ratio:.2f} ×"


def amount(value: float, unit: str) -> str:
    """A value with its unit, in three significant digits or so."""
    if unit == "B":
        for factor, name in ((1e9, "GB"), (1e6, "MB"), (1e3, "kB")):
            if abs(value) >= factor:
                return f"{value / factor:.3g} {name}" if value / factor < 1000 else f"{value / factor:.0f} {name}"
        return f"{value:.0f} B"
    if unit == EXPONENT:
        return f"{value:.2f}" if value else "flat"
    if unit == "MiB":
        return f"{value:.0f} MiB"
    if unit == "s":
        if abs(value) < 1e-3:
            return f"{value * 1e6:.3g} µs"
        return f"{value * 1000:.3g} ms" if abs(value) < 1 else f"{value:.3g} s" if value < 1000 else f"{value:.0f} s"
    return f"{value:.3g} {unit}".strip()


def spread(values: Sequence[float], unit: str) -> str:
    """The median, and the least and the most where there are several."""
    if not values:
        return ""
    middle = amount(median(values), unit)
    if len(values) == 1 or min(values) == max(values):
        return middle
    return f"{middle} ({amount(min(values), unit)} – {amount(max(values), unit)})"
