# SPDX-License-Identifier: Apache-2.0
"""Tests of how commands are taken from a page and held against what it says."""

from __future__ import annotations

import tempfile
import unittest
from pathlib import Path

from ..__main__ import run
from ..chapters import chapters
from ..page import Command, Skip, commands

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

COMMENTS = """\
<!-- given: word=given -->

<!-- not run: it would end all -->
```console
$ exit 9
```

<!-- run if no-such-program: there is no such program -->

```console
$ false
```

<!-- run if test "$word" = given: never said -->
```console
$ echo $word
given
```

```console
$ echo end
end
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

    def test_what_a_page_takes_for_granted_is_run_and_what_it_does_not_is_not(self) -> None:
        self.page.write_text(COMMENTS)
        found = commands(self.page)
        self.assertEqual([command.text for command in found], ["word=given", "exit 9", "false", "echo $word", "echo end"])
        self.assertEqual(
            [command.skip for command in found],
            [None, Skip("it would end all"), Skip("there is no such program", "no-such-program"),
             Skip("never said", 'test "$word" = given'), None])
        self.assertEqual(run(self.page, self.page.parent), 0)

    def test_a_comment_that_is_about_nothing_is_an_error(self) -> None:
        self.page.write_text("<!-- not run: because -->\nText.\n\n```console\n$ true\n```\n")
        with self.assertRaises(ValueError):
            commands(self.page)

    def test_output_needs_a_command_in_each_block(self) -> None:
        self.page.write_text("```console\n$ true\n```\n\n```console\nalone\n```\n")
        with self.assertRaises(ValueError):
            commands(self.page)

    def test_pages_in_the_order_of_their_links(self) -> None:
        folder = self.page.parent
        for name in ["b.md", "a-b.md"]:
            (folder / name).write_text("text\n")
        self.page.write_text("[B](b.md), [elsewhere](../c.md), [A](a-b.md), [B](b.md)")
        self.assertEqual([page.name for page in chapters(self.page)], ["page.md", "b.md", "a-b.md"])
        (folder / "lost.md").write_text("text\n")
        with self.assertRaises(ValueError):
            chapters(self.page)


if __name__ == "__main__":
    unittest.main()
