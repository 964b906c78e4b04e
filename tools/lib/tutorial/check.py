# SPDX-License-Identifier: Apache-2.0
"""The command lines of envsnap in Markdown, held against the verbs and options that there are."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

from .verbs import Verbs

FENCE = re.compile(r"^```.*?^```$", re.MULTILINE | re.DOTALL)
COMMENT = re.compile(r"<!-- given: (.*?) -->")
SPAN = re.compile(r"`([^`]+)`")
# The program's name, by itself or at the end of a path, with words behind it that are no prose of a drawing.
CALL = re.compile(r"""(?:^|(?<=[\s"'(/$]))envsnap (?=[a-z-])""", re.MULTILINE)
# Up to where a shell would see the end of the command.
WORD = re.compile(r"""(?:[^\s"'|;&()<>#\\]|\\.|"(?:[^"\\]|\\.)*"|'[^']*'|(?<=\S)#)+""")


def check(pages: list[Path], tool: dict) -> tuple[int, list[str]]:
    """How many command lines pages have, and what is wrong with some."""
    verbs = Verbs(tool)
    count, faults = 0, []
    for page in pages:
        for line, words in command_lines(page.read_text()):
            count += 1
            if fault := verbs.fault(words):
                faults.append(f"{page}:{line}: {fault}: envsnap {' '.join(words)}")
    return count, faults


def command_lines(text: str) -> Iterator[tuple[int, list[str]]]:
    """The calls of envsnap in blocks, in code within sentences, and in comments: their lines, and the words behind the name."""
    pieces = [(match.start(), match[0]) for match in FENCE.finditer(text)]
    prose = FENCE.sub(lambda block: re.sub(r"[^\n]", " ", block[0]), text)
    pieces += [(match.start(1), match[1]) for match in COMMENT.finditer(prose)]
    # A paragraph at a time, so that a lone mark does not turn the rest inside out; code may go on in the next line.
    for paragraph in re.finditer(r"(?:^.*\S.*\n?)+", prose, re.MULTILINE):
        pieces += [(paragraph.start() + span.start(1), re.sub(r"\s", " ", span[1])) for span in SPAN.finditer(paragraph[0])]
    for offset, piece in sorted(pieces):
        for call in CALL.finditer(piece):
            yield text.count("\n", 0, offset + call.start()) + 1, _words(piece[call.end():])


def _words(text: str) -> list[str]:
    """The words up to the end of a simple command."""
    words: list[str] = []
    text = text.replace("\\\n", " ").split("\n", 1)[0].lstrip()
    while word := WORD.match(text):
        words.append(re.sub(r"""["']""", "", word[0]))
        text = text[word.end():]
        if not text[:1].isspace():
            break
        text = text.lstrip()
    return words
