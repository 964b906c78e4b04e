# SPDX-License-Identifier: Apache-2.0
"""The scoreboard: a table for people, and docs/fidelity.md."""

from __future__ import annotations

from collections import Counter
from pathlib import Path

from .environments import Environment
from .round import Result


def line(result: Result) -> str:
    outcome = result.outcome
    mark = "ok" if result.passed else "FAILED"
    return (f"{result.environment:<28} {result.pair:<16} {outcome.compared:>6} {outcome.equal:>6} "
            f"{len(outcome.allowed):>8} {len(outcome.different):>10}  {mark} {result.seconds:5.1f} s")


HEADER = f"{'environment':<28} {'engines':<16} {'fields':>6} {'equal':>6} {'allowed':>8} {'different':>10}"


def details(result: Result) -> list[str]:
    return [f"    different: {finding}"[:600] for finding in result.outcome.different] + [
        f"    problem: {problem}"[:900] for problem in result.problems]


def totals(results: list[Result], fields: int) -> str:
    compared = sum(r.outcome.compared for r in results)
    different = sum(len(r.outcome.different) for r in results)
    allowed = sum(len(r.outcome.allowed) for r in results)
    failed = sum(not r.passed for r in results)
    return (f"{len({r.environment for r in results})} environments, {len({r.pair for r in results})} pairs of engines, "
            f"{len(results)} replays: {compared} fields compared, {compared - different - allowed} equal, {allowed} allowed, "
            f"{different} different; {fields} distinct fields set to other values than the default; {failed} replays failed")


def document(results: list[Result], fields: list[str], environments: list[Environment], untried: list[str]) -> str:
    """The text of docs/fidelity.md."""
    traps = {environment.name: environment for environment in environments}
    reasons = sum((r.outcome.reasons for r in results), Counter())
    pairs = sorted({r.pair for r in results})
    lines = [
        "# Fidelity, measured", "",
        "Written by `tools/fidelity`, which makes each environment, captures it, removes it, replays it, and compares the",
        "two with a reader of its own: inspect answers, files and what the kernel says of the processes. It shares no code",
        "with envsnap. Captured on engine A and replayed in a capsule of engine B is written A → B; `direct` is a replay on",
        "the captured engine itself.", "", "## Totals", "", totals(results, len(fields)) + ".", "",
        f"Engine pairs: {', '.join(pairs)}.", "", "## Scoreboard", "",
        "Each cell: fields compared / equal / allowed / different. A pair that an environment is not for is left empty.", "",
        "| environment | traps or checklist row | " + " | ".join(pairs) + " |", "|---" * (len(pairs) + 2) + "|"]
    by_key = {(r.environment, r.pair): r for r in results}
    for name in dict.fromkeys(r.environment for r in results):
        cells = [_cell(by_key.get((name, pair))) for pair in pairs]
        lines.append(f"| {name} | {traps[name].traps} | " + " | ".join(cells) + " |")
    lines += ["", "## What was allowed, and why", "", "| reason | times |", "|---|---|"]
    lines += [f"| {reason} | {count} |" for reason, count in reasons.most_common()]
    lines += ["", "## What could not be tried here", ""] + [f"- {text}" for text in untried]
    failed = [r for r in results if not r.passed]
    if failed:
        lines += ["", "## What is not exact", ""]
        for result in failed:
            lines += [f"### {result.environment}, {result.pair}", "", "```", *details(result), "```", ""]
    lines += ["", "## Fields with other values than the default", "",
              "A plain busybox container, network, volume and image on the same engine are what they are held against.", ""]
    lines += [f"- {kind}: " + ", ".join(f"`{f}`" for f in group) for kind, group in _grouped(fields).items()]
    return "\n".join(lines) + "\n"


def _cell(result: Result | None) -> str:
    if result is None:
        return ""
    outcome = result.outcome
    text = f"{outcome.compared} / {outcome.equal} / {len(outcome.allowed)} / {len(outcome.different)}"
    return text if result.passed else f"**{text}**"


def _grouped(fields: list[str]) -> dict[str, list[str]]:
    groups: dict[str, list[str]] = {}
    for field in sorted(fields):
        kind, _, name = field.partition(" ")
        groups.setdefault(kind, []).append(name)
    return groups


def write(path: Path, text: str) -> None:
    path.write_text(text)
