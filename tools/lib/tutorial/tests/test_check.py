# SPDX-License-Identifier: Apache-2.0
"""Tests of how command lines are found in Markdown and held against verbs and options."""

from __future__ import annotations

import tempfile
import unittest
from pathlib import Path

from ..check import check, command_lines
from ..verbs import Verbs

TEXT = """\
Say `envsnap capture foo --name
before` and not `capture`; envsnap itself is no command.

<!-- given: envsnap ls -->
```console
$ eval "$(envsnap env before foo-host-corge)"
$ envsnap export before -o - | ssh host envsnap import -  # both
$ sudo .build/release/envsnap run base \\
    --host box -- sh -c 'envsnap nothing'
```

```
 envsnap       main, signals
```
"""

TOOL = {"command": {
    "commandName": "envsnap",
    "arguments": [{"kind": "flag", "names": [{"kind": "long", "name": "version"}]}],
    "subcommands": [
        {"commandName": "ls", "arguments": [{"kind": "flag", "names": [{"kind": "long", "name": "json"}]}]},
        {"commandName": "export", "arguments": [
            {"kind": "positional", "valueName": "snapshot"},
            {"kind": "option", "names": [{"kind": "short", "name": "o"}, {"kind": "long", "name": "output"}]}]},
    ],
}}


class CommandLineTests(unittest.TestCase):
    def test_calls_are_found_where_code_is(self) -> None:
        found = [(line, " ".join(words)) for line, words in command_lines(TEXT)]
        self.assertEqual(found, [
            (1, "capture foo --name before"), (4, "ls"), (6, "env before foo-host-corge"), (7, "export before -o -"),
            (7, "import -"), (8, "run base --host box -- sh -c envsnap nothing"), (9, "nothing"),
        ])


class VerbTests(unittest.TestCase):
    def test_what_there_is(self) -> None:
        verbs = Verbs(TOOL)
        for line in ["ls", "ls --json", "export x -o file", "export x --output=file", "--version", "help ls", "help",
                     "ls --help", "export [--output FILE]…", "--generate-completion-script bash", "ls -- --not-ours"]:
            self.assertIsNone(verbs.fault(line.split()), line)

    def test_what_there_is_not(self) -> None:
        verbs = Verbs(TOOL)
        self.assertEqual(verbs.fault(["list"]), "no verb list")
        self.assertEqual(verbs.fault(["help", "list"]), "no verb list")
        self.assertEqual(verbs.fault(["ls", "--yaml"]), "ls has no option --yaml")
        self.assertEqual(verbs.fault(["export", "x", "-o"]), "export -o takes a value")
        self.assertEqual(verbs.fault(["--verbose"]), "has no option --verbose")

    def test_a_page_is_named_with_its_line(self) -> None:
        with tempfile.TemporaryDirectory() as folder:
            page = Path(folder) / "page.md"
            page.write_text("Fine: `envsnap ls`.\n\n```\nenvsnap ls --yaml\n```\n")
            count, faults = check([page], TOOL)
        self.assertEqual(count, 2)
        self.assertEqual(faults, [f"{page}:4: ls has no option --yaml: envsnap ls --yaml"])


if __name__ == "__main__":
    unittest.main()
