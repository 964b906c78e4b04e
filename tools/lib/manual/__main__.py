# SPDX-License-Identifier: Apache-2.0
"""Writes the manual pages into a folder, or says which are not current: manual [--check] FOLDER <JSON of the commands"""

import datetime
import json
import pathlib
import sys

from .pages import all_pages


def without_date(text):
    return [line for line in text.split("\n") if not line.startswith(".Dd ")]


def main(arguments):
    check = arguments[:1] == ["--check"]
    folder = pathlib.Path(arguments[-1])
    today = datetime.date.today()
    date = f"{today:%B} {today.day}, {today.year}"
    pages = all_pages(json.load(sys.stdin)["command"], date)
    stale = []
    for name, lines in pages.items():
        text = "\n".join(lines) + "\n"
        path = folder / name
        old = path.read_text() if path.exists() else ""
        # A page in which nothing else changed keeps its date.
        if without_date(old) != without_date(text):
            stale.append(name)
            if not check:
                path.write_text(text)
    for path in sorted(folder.glob("*.1")):
        if path.name not in pages:
            stale.append(path.name)
            if not check:
                path.unlink()
    if check and stale:
        sys.exit(f"not current: {' '.join(stale)}; run tools/manual")


main(sys.argv[1:])
