# SPDX-License-Identifier: Apache-2.0
"""The command line of tools/tutorial: each page in a shell of its own, command by command."""

from __future__ import annotations

import subprocess
import sys
import time
from pathlib import Path

from .page import Command, commands

# Behind each command, so that its end and its status are known.
END_MARK = "-- end of a command of the manual:"


def run(page: Path, directory: Path) -> int:
    """Runs a page's commands from a directory; how many did not do what it says."""
    wrong = 0
    with subprocess.Popen(["bash"], stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True,
                          cwd=directory) as shell:
        for command in commands(page):
            started = time.monotonic()
            output, status = _ask(shell, command)
            fault = _fault(command, output, status)
            print(f"{'FAILED' if fault else 'fine  '} {time.monotonic() - started:6.1f} s  {command.text}", flush=True)
            if fault:
                wrong += 1
                print(f"  {page}:{command.line}: {fault}; it printed:\n{output}", flush=True)
        assert shell.stdin
        shell.stdin.close()
    return wrong


def _ask(shell: subprocess.Popen[str], command: Command) -> tuple[str, int]:
    assert shell.stdin and shell.stdout
    shell.stdin.write(f"{{ {command.text}\n}} < /dev/null\necho \"{END_MARK}$?\"\n")
    shell.stdin.flush()
    output = ""
    for line in shell.stdout:
        before, found, status = line.partition(END_MARK)
        output += before
        if found:
            return output, int(status)
    raise SystemExit(f"the shell ended at: {command.text}\n{output}")


def _fault(command: Command, output: str, status: int) -> str | None:
    if status != command.status:
        return f"status {status} instead of {command.status}"
    missing = command.missing(output)
    return f"not said: {missing[0]}" if missing else None


def main() -> int:
    directory = Path(sys.argv[1])
    wrong = sum(run(Path(page), directory) for page in sys.argv[2:])
    print(f"{wrong} commands of the manual do something else" if wrong else "the manual's commands do what it says")
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())
