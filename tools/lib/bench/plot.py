# SPDX-License-Identifier: Apache-2.0
"""The growth curves as one SVG, whose colours are readable on light and on dark pages."""

from __future__ import annotations

import math
from dataclasses import dataclass
from html import escape
from typing import Mapping, Sequence

WIDTH, PANEL, HEIGHT = 800, 400, 300
LEFT, RIGHT, TOP, BOTTOM = 62, 28, 40, 52
# Each has a contrast of at least 4:1 to white and to GitHub's dark page.
INK, GRID = "#768390", "#76839055"
COLOURS = ("#2f81f7", "#d4691c", "#3a9b57")


@dataclass(frozen=True)
class Panel:
    """One picture: seconds over sizes, a line for each name."""

    title: str
    axis: str
    sizes: Sequence[float]
    lines: Mapping[str, Sequence[float]]


def svg(panels: Sequence[Panel]) -> str:
    """The panels, two in a row."""
    rows = (len(panels) + 1) // 2
    parts = [
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {rows * HEIGHT}" width="{WIDTH}" '
        f'height="{rows * HEIGHT}" font-family="sans-serif" font-size="13" fill="{INK}">',
        f"<title>{escape('; '.join(panel.title for panel in panels))}</title>"]
    for number, panel in enumerate(panels):
        parts.append(f'<g transform="translate({number % 2 * PANEL} {number // 2 * HEIGHT})">')
        parts += _panel(panel)
        parts.append("</g>")
    return "\n".join([*parts, "</svg>"]) + "\n"


def ticks(most: float, count: int = 5) -> list[float]:
    """Round numbers from 0 to at least `most`, about so many steps."""
    if most <= 0:
        return [0.0, 1.0]
    power = 10 ** math.floor(math.log10(most / count))
    step = next(factor * power for factor in (1, 2, 5, 10) if factor * power * count >= most)
    return [number * step for number in range(math.ceil(most / step - 1e-9) + 1)]


def _panel(panel: Panel) -> list[str]:
    across = ticks(max(panel.sizes))
    up = ticks(max(max(values) for values in panel.lines.values()))

    def x(value: float) -> float:
        return LEFT + value / across[-1] * (PANEL - LEFT - RIGHT)

    def y(value: float) -> float:
        return HEIGHT - BOTTOM - value / up[-1] * (HEIGHT - TOP - BOTTOM)

    parts = [f'<text x="{LEFT}" y="18" font-weight="bold" font-size="14">{escape(panel.title)}</text>']
    for value in up:
        parts.append(f'<line x1="{LEFT}" x2="{PANEL - RIGHT}" y1="{y(value):.1f}" y2="{y(value):.1f}" stroke="{GRID}"/>')
        parts.append(f'<text x="{LEFT - 8}" y="{y(value) + 4:.1f}" text-anchor="end">{_number(value)}</text>')
    for value in across:
        parts.append(
            f'<text x="{x(value):.1f}" y="{HEIGHT - BOTTOM + 18}" text-anchor="middle">{_number(value)}</text>')
    parts.append(
        f'<text x="{(LEFT + PANEL - RIGHT) / 2}" y="{HEIGHT - 12}" text-anchor="middle">{escape(panel.axis)}</text>')
    middle = (TOP + HEIGHT - BOTTOM) / 2
    parts.append(f'<text transform="translate(16 {middle}) rotate(-90)" text-anchor="middle">seconds</text>')
    for index, ((name, values), colour) in enumerate(zip(panel.lines.items(), COLOURS)):
        points = [(x(size), y(value)) for size, value in zip(panel.sizes, values)]
        path = " ".join(f"{across_:.1f},{up_:.1f}" for across_, up_ in points)
        parts.append(f'<polyline points="{path}" fill="none" stroke="{colour}" stroke-width="2"/>')
        parts += [f'<circle cx="{a:.1f}" cy="{b:.1f}" r="3.5" fill="{colour}"/>' for a, b in points]
        place = PANEL - RIGHT - 145 + 80 * index
        parts.append(f'<circle cx="{place}" cy="14" r="4" fill="{colour}"/>')
        parts.append(f'<text x="{place + 9}" y="18">{escape(name)}</text>')
    return parts


def _number(value: float) -> str:
    """A tick's number, large ones in thousands as people write them."""
    if value >= 10_000:
        return f"{value / 1000:g}k"
    return f"{round(value, 9):g}"
