# SPDX-License-Identifier: Apache-2.0
"""The two-host reproduction: captures and replays against the plain way, in turns."""

from __future__ import annotations

from collections import defaultdict
from pathlib import Path

from ..bench import PREFIX, Bench
from ..command import CommandError, run, settle, tree_bytes
from ..reproduction import FRESH, PROJECT, Reproduction
from ..result import PASSES, Result
from ..unique import write_unique

ZSTD = "first-capture-zstd"
ROWS = {
    "first-capture": "first capture into a fresh store",
    ZSTD: "first capture, against zstd -3 -T0 of the same unique bytes",
    "store-size": "size of the store",
    "capture-again": "capture again, nothing changed",
    "replay": "replay into fresh engines",
    "replay-again": "a second replay of the same snapshot on the same machine",
    "reset": "reset of a replay to its snapshot",
    "limited-memory": "a capture in a container with 256 MiB of memory and no swap",
}
AGAINST_PLAIN = {"first-capture", "store-size", "capture-again"}
REPLAYS_AGAINST_PLAIN = {"replay", "replay-again"}
REPLAY = PREFIX + "replay"
LEAF = "foo-host-corge/foo-app"
DIRTY = "/srv/foo-data/dirty"
LIMIT = "256m"
Series = dict[str, list[float]]


def measure(bench: Bench, wanted: set[str]) -> list[Result]:
    reproduction = Reproduction(bench)
    try:
        reproduction.up()
        series: Series = defaultdict(list)
        with bench.folder("unique") as unique:
            for number in range(1, bench.rounds + 1):
                bench.say(f"round {number} of {bench.rounds} of the reproduction")
                _round(bench, reproduction, wanted, series, unique / "bytes")
        if "limited-memory" in wanted:
            series["limited"].append(_limited(bench))
        return _results(series, wanted, bench.envsnap.has("reset"))
    finally:
        if reproduction.started and not bench.keep:
            reproduction.remove()


def _round(bench: Bench, reproduction: Reproduction, wanted: set[str], series: Series, unique: Path) -> None:
    """One turn of each way; the plain way always before envsnap's."""
    with bench.folder("plain") as out, bench.store("reproduction") as store:
        if wanted & (AGAINST_PLAIN | REPLAYS_AGAINST_PLAIN | {ZSTD}):
            settle()
            series["plain capture"].append(reproduction.plain_capture(out).seconds)
            series["plain bytes"].append(tree_bytes(out))
        if not bench.quick and wanted & AGAINST_PLAIN:
            with bench.folder("plain-engine") as careful:
                settle()
                series["careful capture"].append(reproduction.plain_capture(careful, "engine").seconds)
                series["careful bytes"].append(tree_bytes(careful))
        settle()
        done, data = bench.envsnap.capture(store, PROJECT, "first")
        series["first capture"].append(done.seconds)
        series["store bytes"].append(tree_bytes(store))
        if ZSTD in wanted:
            if not unique.exists():
                write_unique(out, unique)
            settle()
            series["zstd"].append(run(["zstd", "-q", "-3", "-T0", "-f", unique, "-o", f"{unique}.zst"]).seconds)
            series["unique bytes"] = [unique.stat().st_size]
        if "capture-again" in wanted:
            settle()
            series["capture again"].append(bench.envsnap.capture(store, PROJECT, "again")[0].seconds)
        if wanted & REPLAYS_AGAINST_PLAIN:
            try:
                series["plain replay"].append(reproduction.plain_replay(out))
            finally:
                bench.clean(FRESH.removeprefix(PREFIX))
        if wanted & (REPLAYS_AGAINST_PLAIN | {"reset"}):
            _replays(bench, reproduction, wanted, series, store, data["bytes"]["read"])


def _replays(
    bench: Bench, reproduction: Reproduction, wanted: set[str], series: Series, store: Path, size: int,
) -> None:
    def replay() -> float:
        settle()
        seconds = bench.envsnap.replay(store, "first", REPLAY, size).seconds
        return seconds + reproduction.wait_healthy(f"envsnap-{REPLAY}")

    def inside(*command: str) -> list[str]:
        return [bench.envsnap.binary, "exec", "--store", str(store), REPLAY, *command]

    series["replay"].append(replay())
    reproduction.check_data(inside("foo-host-corge", "--"))
    if "reset" in wanted and bench.envsnap.has("reset"):
        run(inside(LEAF, "--", "sh", "-c", f"echo changed > {DIRTY}"))
        settle()
        done, _ = bench.envsnap.call(store, "reset", REPLAY)
        series["reset"].append(done.seconds + reproduction.wait_healthy(f"envsnap-{REPLAY}"))
        reproduction.check_data(inside("foo-host-corge", "--"))
        if run(inside(LEAF, "--", "test", "-e", DIRTY), fine=(0, 1)).status == 0:
            raise CommandError(f"the reset left {DIRTY} there")
    bench.envsnap.down(store, REPLAY)
    if "replay-again" in wanted:
        series["replay again"].append(replay())
        reproduction.check_data(inside("foo-host-corge", "--"))
        bench.envsnap.down(store, REPLAY)


def _limited(bench: Bench) -> float:
    """Captures from a container with little memory that sees the machine; the seconds, the container's start included."""
    script = (f'chroot /host env ENVSNAP_STORE="$1" "$2" capture {PROJECT} --name limited --json --progress none >&2\n'
              'status=$?; cd /sys/fs/cgroup\n'
              'cat memory/memory.limit_in_bytes memory.max 2>/dev/null; exit $status')
    with bench.store("limited") as store:
        done = run([
            "docker", "run", "--rm", "--name", "bench-limited", "--privileged", "--pid", "host", "--network", "none",
            "--memory", LIMIT, "--memory-swap", LIMIT, "-v", "/:/host", "busybox:latest", "sh", "-c", script, "-", store,
            bench.envsnap.binary])
        if done.output.split() != [str(256 << 20)]:
            raise CommandError(f"the container's memory was not limited: {done.output}")
        snapshots = bench.envsnap.call(store, "ls")[1]
        if len(snapshots) != 1 or not snapshots[0]["complete"]:
            raise CommandError(f"the capture under {LIMIT} is not complete: {snapshots}")
    return done.seconds


def _results(series: Series, wanted: set[str], has_reset: bool) -> list[Result]:
    def ratio(row: str, ours: str, other: str, limit: float | None, against: str, unit: str = "s", note: str = "") -> Result:
        return Result(row, ROWS[row], unit, limit, series[ours], series[other], against, note)

    plain = "the plain way"
    size = f"{series['unique bytes'][0] / 1e6:.0f} MB" if series["unique bytes"] else ""
    results = [
        ratio("first-capture", "first capture", "plain capture", 1 / 6, plain),
        ratio(ZSTD, "first capture", "zstd", 1.4, f"zstd -3 -T0 of {size}"),
        ratio("store-size", "store bytes", "plain bytes", 0.55, "the plain way's files", "B"),
        ratio("capture-again", "capture again", "plain capture", 1 / 60, plain),
        ratio("replay", "replay", "plain replay", 1 / 3, plain),
        ratio("replay-again", "replay again", "plain replay", 1 / 6, plain),
        ratio("reset", "reset", "replay", 1 / 10, "that replay", note="" if has_reset else "this envsnap has no reset"),
        Result("limited-memory", ROWS["limited-memory"], "s", PASSES, series["limited"]),
    ]
    chosen = [result for result in results if result.row in wanted]
    if series["careful capture"] and wanted & {"first-capture", "store-size"}:
        careful = "the plain way, one docker save an engine"
        chosen += [
            ratio("first-capture", "first capture", "careful capture", None, careful),
            ratio("store-size", "store bytes", "careful bytes", None, careful, "B")]
    return chosen
