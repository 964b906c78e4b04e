# SPDX-License-Identifier: Apache-2.0
"""The verbs of envsnap and their options, as the program itself tells them."""

from __future__ import annotations

# What the parser of arguments knows by itself, and does not list.
BUILT_IN = {"-h": False, "--help": False, "--version": False, "--generate-completion-script": True,
            "--experimental-dump-help": False}


class Verbs:
    """What may stand behind `envsnap`: made from what `envsnap --experimental-dump-help` prints."""

    def __init__(self, tool: dict) -> None:
        command = tool["command"]
        self._common = _options(command) | BUILT_IN
        self._verbs = {verb["commandName"]: _options(verb) | BUILT_IN for verb in command["subcommands"]}

    def fault(self, words: list[str]) -> str | None:
        """What is wrong with the words behind `envsnap`."""
        if not words:
            return None
        if words[0].startswith("-"):
            return _fault(words, self._common, "")
        if words[0] == "help":
            words = words[1:2] or ["help"]
        options = self._verbs.get(words[0])
        if options is None and words[0] != "help":
            return f"no verb {words[0]}"
        return _fault(words[1:], options or BUILT_IN, f"{words[0]} ")


def _options(command: dict) -> dict[str, bool]:
    """The options of a command, and whether they take a value."""
    return {
        ("--" if name["kind"] == "long" else "-") + name["name"]: argument["kind"] == "option"
        for argument in command.get("arguments") or [] for name in argument.get("names") or []
    }


def _fault(words: list[str], options: dict[str, bool], verb: str) -> str | None:
    rest = iter(words)
    for word in rest:
        # What may be left out stands in brackets.
        word = word.lstrip("[").rstrip("]…")
        if word == "--":
            return None
        if not word.startswith("-") or word == "-":
            continue
        name, is_given, _ = word.partition("=")
        if name not in options:
            return f"{verb}has no option {name}"
        if options[name] and not is_given and next(rest, None) is None:
            return f"{verb}{name} takes a value"
    return None
