# SPDX-License-Identifier: Apache-2.0
"""Tests of how commands are taken from a page and held against what it says."""

from __future__ import annotations

import tempfile
import unittest
from pathlib import Path

from ..__main__ import run
from ..page import Command, commands

PAGE = """\
Text with `$ no command`.

```console
$ echo one two; echo three
one …
$ sh -c 'exit 3'  # status 3
```

```
$ not run
```
"""


class PageTests(unittest.TestCase):
    def setUp(self) -> None:
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.page = Path(folder.name) / "page.md"

    def test_commands_of_console_blocks(self) -> None:
        self.page.write_text(PAGE)
        found = commands(self.page)
        self.assertEqual([command.text for command in found], ["echo one two; echo three", "sh -c 'exit 3'"])
        self.assertEqual([command.status for command in found], [0, 3])
        self.assertEqual(found[0].says, ["one …"])

    def test_what_is_not_printed_is_found(self) -> None:
        command = Command(1, "x", says=["exact: … fields", "…"])
        self.assertEqual(command.missing("exact: 12 fields\n"), [])
        self.assertEqual(command.missing("exact: 12 field\n"), ["exact: … fields"])

    def test_a_page_that_tells_the_truth(self) -> None:
        self.page.write_text(PAGE)
        self.assertEqual(run(self.page, self.page.parent), 0)

    def test_a_wrong_status_and_a_wrong_output_are_faults(self) -> None:
        self.page.write_text(PAGE.replace("exit 3", "exit 4").replace("one …", "two …"))
        self.assertEqual(run(self.page, self.page.parent), 2)


if __name__ == "__main__":
    unittest.main()
