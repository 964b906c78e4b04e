# SPDX-License-Identifier: Apache-2.0
"""Text as mdoc(7) takes it."""

import re
import textwrap


def escaped(text, literal=False):
    """Text in which nothing is a request, an escape or, where it is literal, a hyphen."""
    text = text.replace("\\", "\\e")
    if literal:
        text = text.replace("-", "\\-").replace("'", "\\(aq").replace("`", "\\(ga").replace("^", "\\(ha")
        text = text.replace("~", "\\(ti")
    text = "".join(char if ord(char) < 128 else "\\[u%04X]" % ord(char) for char in text)
    return "\\&" + text if text[:1] in (".", "'") else text


def argument(text):
    """A text as one argument of a macro, which it is also where a macro bears its name."""
    text = escaped(text).replace('"', "\\(dq")
    if re.search(r"\s", text):
        return f'"{text}"'
    # Names of macros are called and punctuation stands apart where it is an argument.
    return "\\&" + text if re.fullmatch(r"[A-Z%]?[A-Za-z]{1,2}|[\[\](){}|.,:;!?]", text) else text


def paragraph(text):
    """A paragraph, each sentence on a line of its own, as mdoc wants it."""
    sentences = re.sub(r"([.!?:])\s+(?=[\"“A-Z-])", r"\1\n", " ".join(text.split()))
    lines = []
    for sentence in sentences.split("\n"):
        lines += textwrap.wrap(escaped(sentence), 78, break_on_hyphens=False, break_long_words=False)
    return ["\\&" + line if line[:1] in (".", "'") else line for line in lines]


def literal(lines):
    """Lines as they are."""
    return [".Bd -literal"] + [escaped(line, literal=True) or "\\&" for line in lines] + [".Ed"]
