# SPDX-License-Identifier: Apache-2.0
"""`ls` with many snapshots in the catalogue, and `show` of a snapshot with many containers."""

from __future__ import annotations

import hashlib
import json
import sqlite3
from pathlib import Path
from typing import Any, Callable

from ..bench import Bench
from ..command import CommandError, run, settle
from ..project import project
from ..result import Result

ROWS = {"ls": "processor time of ls", "show": "processor time of show"}
LIMIT = 0.050
CALLS = 20


def measure(bench: Bench, wanted: set[str]) -> list[Result]:
    results = []
    if "ls" in wanted:
        count = 1000 if bench.quick else 10_000
        note = "one real capture; the other rows and documents are copies of its under other names"
        results += _results("ls", f"with {count} snapshots in the catalogue", _ls(bench, count), note)
    if "show" in wanted:
        count = 20 if bench.quick else 200
        results += _results("show", f"of {count} containers", _show(bench, count), "")
    return results


def _results(row: str, of: str, times: tuple[list[float], list[float]], note: str) -> list[Result]:
    return [Result(row, f"{ROWS[row]} {of}{form}", "s", LIMIT, values, note=note)
            for form, values in zip(("", ", as JSON"), times)]


def _calls(bench: Bench, store: Path, check: Callable[[Any], bool], *arguments: str) -> tuple[list[float], list[float]]:
    """Processor times of calls whose result is text, and of those whose result is JSON and right."""
    text, json_ = [], []
    for _ in range(CALLS):
        text.append(run([bench.envsnap.binary, *arguments, "--store", str(store)]).processor_seconds)
        done, data = bench.envsnap.call(store, *arguments)
        if not check(data):
            raise CommandError(f"envsnap {' '.join(arguments)} does not give all: {str(data)[:300]}")
        json_.append(done.processor_seconds)
    return text, json_


def _ls(bench: Bench, count: int) -> tuple[list[float], list[float]]:
    bench.say(f"ls with {count} snapshots")
    with project(bench, "ls") as environment, bench.folder("store-ls") as store:
        environment.leaf("leaf")
        bench.envsnap.capture(store, environment.project, "original")
        multiply(store, count)
        bench.envsnap.call(store, "show", "copy-1")
        return _calls(bench, store, lambda listed: len(listed) == count, "ls")


def _show(bench: Bench, count: int) -> tuple[list[float], list[float]]:
    bench.say(f"show of {count} containers")
    with project(bench, "show") as environment, bench.store("show") as store:
        for number in range(count):
            environment.leaf(f"leaf{number:03}", start=False)
        settle()
        bench.envsnap.capture(store, environment.project, "many")
        return _calls(bench, store, lambda document: len(document["engine"]["containers"]) == count, "show", "many")


def multiply(store: Path, count: int) -> None:
    """Fills a catalogue with one snapshot up to `count`: real rows in the real schema, and a real document for each.

    A copy's document differs in its name alone, and its id is the digest of its bytes, as that of a captured one.
    """
    catalogue = sqlite3.connect(store / "catalogue.sqlite")
    with catalogue:
        names = [column[1] for column in catalogue.execute("pragma table_info(snapshot)")]
        row = dict(zip(names, catalogue.execute("select * from snapshot").fetchone()))
        original = row.pop("number")
        document = json.loads((store / "snapshots" / f"{row['id']}.json").read_bytes())
        for number in range(1, count):
            document["name"] = row["name"] = f"copy-{number}"
            content = json.dumps(document, sort_keys=True, separators=(",", ":"), ensure_ascii=False).encode()
            row["id"], row["document_size"] = hashlib.sha256(content).hexdigest(), len(content)
            (store / "snapshots" / f"{row['id']}.json").write_bytes(content)
            added = catalogue.execute(
                f"insert into snapshot ({', '.join(row)}) values ({', '.join('?' * len(row))})", list(row.values())).lastrowid
            catalogue.execute(
                "insert into snapshot_blob (snapshot, blob) select ?, blob from snapshot_blob where snapshot = ?",
                (added, original))
    catalogue.close()
