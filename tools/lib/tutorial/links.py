# SPDX-License-Identifier: Apache-2.0
"""Links in Markdown that lead to nothing in the checkout."""

from __future__ import annotations

import re
from functools import cache
from pathlib import Path

LINK = re.compile(r"\]\(([^)\s]+)\)")
HEADING = re.compile(r"^#+ (.+?)\s*$", re.MULTILINE)
CODE = re.compile(r"^```.*?^```$|`[^`\n]+`", re.MULTILINE | re.DOTALL)


def broken_links(page: Path) -> list[str]:
    """The links of a page to files that are not there, or to headings that they do not have."""
    text = CODE.sub(lambda code: re.sub(r"[^\n]", " ", code[0]), page.read_text())
    return [
        f"{page}:{text.count(chr(10), 0, link.start()) + 1}: the link leads to nothing: {link[1]}"
        for link in LINK.finditer(text) if not _leads_somewhere(page, link[1])
    ]


def _leads_somewhere(page: Path, target: str) -> bool:
    if re.match(r"[a-z]+:", target):
        return True
    name, _, anchor = target.partition("#")
    file = page.parent / name if name else page
    if not file.exists():
        return False
    return not anchor or anchor in _anchors(file)


@cache
def _anchors(page: Path) -> set[str]:
    """The names of a page's headings, as GitHub makes them."""
    text = re.sub(r"^```.*?^```$", "", page.read_text(), flags=re.MULTILINE | re.DOTALL)
    return {re.sub(r"[^\w\- ]", "", heading).strip().lower().replace(" ", "-") for heading in HEADING.findall(text)}
