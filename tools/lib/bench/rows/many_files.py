# SPDX-License-Identifier: Apache-2.0
"""A volume of very many small files, against GNU tar."""

from __future__ import annotations

from .. import content
from ..bench import Bench
from ..command import run, settle
from ..project import project
from ..result import Result

ROWS = {"many-files": "seconds a file, captured from one volume of many small files"}
SIZE = 512


def measure(bench: Bench, wanted: set[str]) -> list[Result]:
    count = bench.files
    ours, tars = [], []
    bench.say(f"making {count} files")
    with project(bench, "many-files") as environment:
        data = environment.leaf_with_data()
        content.write_many(data / "files", count, SIZE)
        # Once unmeasured, so that names and inodes are in memory for both ways.
        run(["find", data, "-size", "+1024G"])
        for number in range(1, bench.rounds + 1):
            bench.say(f"round {number} of {bench.rounds} of {count} files")
            with bench.folder("plain") as out, bench.store("many-files") as store:
                settle()
                command = 'tar -C "$1" -cf - . | zstd -q -3 -T0 >"$2"'
                tars.append(run(["bash", "-o", "pipefail", "-c", command, "-", data, out / "data"]).seconds)
                settle()
                ours.append(bench.envsnap.capture(store, environment.project, "files")[0].seconds)
    return [Result(
        "many-files", f"{ROWS['many-files']}: {count} files of {SIZE} bytes", "s", 1.0, [s / count for s in ours],
        [s / count for s in tars], "tar | zstd -3 -T0 of the same tree")]
