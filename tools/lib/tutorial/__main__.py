# SPDX-License-Identifier: Apache-2.0
"""The command line of tools/tutorial: each page in a shell of its own, command by command.

    python3 -m tutorial FOLDER PAGE…       runs the pages' commands from a folder
    python3 -m tutorial --list PAGE        prints the pages that a page links to in its own folder, itself first
    python3 -m tutorial --check PAGE…      holds the command lines of pages against what envsnap says of its verbs, as JSON
                                           on standard input, and follows their links
"""

from __future__ import annotations

import json
import subprocess
import sys
import time
from pathlib import Path

from .chapters import chapters
from .check import check
from .links import broken_links
from .page import Command, commands

# Behind each command, so that its end and its status are known.
END_MARK = "-- end of a command of the manual:"


def run(page: Path, directory: Path) -> int:
    """Runs a page's commands from a directory; how many did not do what it says."""
    wrong = 0
    with subprocess.Popen(["bash"], stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True,
                          cwd=directory) as shell:
        for command in commands(page):
            if reason := _reason_to_skip(shell, command):
                print(f"skipped           {command.text}  ({reason})", flush=True)
                continue
            started = time.monotonic()
            output, status = _ask(shell, command.text)
            fault = _fault(command, output, status)
            print(f"{'FAILED' if fault else 'fine  '} {time.monotonic() - started:6.1f} s  {command.text}", flush=True)
            if fault:
                wrong += 1
                print(f"  {page}:{command.line}: {fault}; it printed:\n{output}", flush=True)
        assert shell.stdin
        shell.stdin.close()
    return wrong


def _reason_to_skip(shell: subprocess.Popen[str], command: Command) -> str | None:
    skip = command.skip
    if not skip or (skip.unless and _ask(shell, skip.unless)[1] == 0):
        return None
    return skip.reason


def _ask(shell: subprocess.Popen[str], text: str) -> tuple[str, int]:
    assert shell.stdin and shell.stdout
    shell.stdin.write(f"{{ {text}\n}} < /dev/null\necho \"{END_MARK}$?\"\n")
    shell.stdin.flush()
    output = ""
    for line in shell.stdout:
        before, found, status = line.partition(END_MARK)
        output += before
        if found:
            return output, int(status)
    raise SystemExit(f"the shell ended at: {text}\n{output}")


def _fault(command: Command, output: str, status: int) -> str | None:
    if status != command.status:
        return f"status {status} instead of {command.status}"
    missing = command.missing(output)
    return f"not said: {missing[0]}" if missing else None


def main(arguments: list[str]) -> int:
    if arguments[0] == "--list":
        print(*chapters(Path(arguments[1])), sep="\n")
        return 0
    if arguments[0] == "--check":
        pages = [Path(name) for name in arguments[1:]]
        count, faults = check(pages, json.load(sys.stdin))
        faults += [fault for page in pages for fault in broken_links(page)]
        print(f"{count} command lines in the manual; wrong with them or with links: {len(faults)}", *faults, sep="\n")
        return 1 if faults else 0
    wrong = 0
    for name in arguments[1:]:
        started = time.monotonic()
        print(f"== {name}", flush=True)
        wrong += run(Path(name), Path(arguments[0]))
        print(f"== {time.monotonic() - started:.1f} s", flush=True)
    print(f"{wrong} commands of the manual do something else" if wrong else "the manual's commands do what it says")
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
