# SPDX-License-Identifier: Apache-2.0
"""The pages of a folder, in the order in which its first one links to them."""

from __future__ import annotations

import re
from pathlib import Path

LINK = re.compile(r"\]\(([\w-]+\.md)\)")


def chapters(first: Path) -> list[Path]:
    """A page, and behind it those that it links to in its own folder, in that order.

    Raises `ValueError` where the folder has a page that is not linked, or a link leads to none.
    """
    names = list(dict.fromkeys(LINK.findall(first.read_text())))
    there = {page.name for page in first.parent.glob("*.md")} - {first.name}
    if odd := there.symmetric_difference(names):
        raise ValueError(f"{first}: linked or there, and not both: {', '.join(sorted(odd))}")
    return [first] + [first.parent / name for name in names]
