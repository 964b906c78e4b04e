# SPDX-License-Identifier: Apache-2.0
"""Many rounds of the two-host reproduction's small twin: the same verdict each time, nothing left behind."""

from __future__ import annotations

import os
import shutil
import subprocess
import time
from pathlib import Path
from typing import Any

from .comparison import compare
from .engine_api import EngineAPI
from .engines import Engines
from .envsnap import Envsnap
from .reading import Facts, Reader
from .world import HOST_IMAGES

PROJECT = "fid-twin"
REPLAY = "fid-twin-replay"


def twin_rounds(engines: Engines, envsnap: Envsnap, rounds: int) -> bool:
    """Captures, replays and removes so many times; the original runs all the while."""
    engines.host_image("26")
    folder = engines.state / "projects" / PROJECT
    shutil.rmtree(folder, ignore_errors=True)
    shutil.copytree(engines.tools / "reproductions/twin", folder)
    # In a subnet of the family's, so that a twin of somebody else's may run beside it.
    for file in folder.rglob("docker-compose.yml"):
        file.write_text(file.read_text().replace("10.81.83.", "10.181.83."))
    address = f"unix://{engines.outer.api.socket_path}"
    try:
        _make(engines, folder, "up")
        failures, verdicts = 0, set()
        before = left_behind(engines.outer.api, envsnap.store)
        for number in range(1, rounds + 1):
            started = time.monotonic()
            problems, verdict = _round(engines, envsnap, address)
            after = left_behind(engines.outer.api, envsnap.store)
            problems += [f"left behind: {kind}: {sorted(after[kind] ^ before[kind])}" for kind in before
                         if after[kind] != before[kind]]
            verdicts.add(verdict)
            failures += bool(problems)
            print(f"round {number:>3}: {verdict}, {time.monotonic() - started:.1f} s", *problems, sep="\n    ", flush=True)
        print(f"{rounds} rounds, {failures} failed, {len(verdicts)} different verdicts")
        return not failures and len(verdicts) == 1
    finally:
        _make(engines, folder, "clean")


def _make(engines: Engines, folder: Path, target: str) -> None:
    environment = os.environ | {
        "COMPOSE_PROJECT_NAME": PROJECT, "ENVSNAP_TOOLS": str(engines.tools), "COMPOSE": "docker-compose"}
    done = subprocess.run(
        ["make", "-C", folder, target, f"FOO={engines.tools}/reproductions/foo"], env=environment,
        stdin=subprocess.DEVNULL, capture_output=True, text=True, timeout=300)
    if done.returncode != 0:
        raise RuntimeError(f"make {target} of the twin: {(done.stdout + done.stderr)[-800:]}")


def _round(engines: Engines, envsnap: Envsnap, address: str) -> tuple[list[str], str]:
    problems: list[str] = []
    captured = Reader(engines.outer, PROJECT).read()
    snapshot = envsnap.capture(address, PROJECT, REPLAY)["data"]
    if not snapshot["complete"]:
        problems.append(f"incomplete: {snapshot['notCaptured']}")
    try:
        answer = envsnap.replay(address, REPLAY, REPLAY, "--capsule-image", HOST_IMAGES["26"])["data"]["verdict"]
        capsule = engines.outer.api.get(f"/containers/envsnap-{REPLAY}/json")
        found: Facts = Reader(engines.outer.inside(capsule).wait(), None).read()
        outcome = compare(captured, found)
        problems += [f"different: {finding}" for finding in outcome.different]
        verdict = (f"exact {answer['exact']}, envsnap {answer['compared']}/{len(answer['different'])}, "
                   f"reader {len(outcome.different)} different")
    finally:
        envsnap.down(address, REPLAY)
        envsnap.run(address, "rm", REPLAY)
        envsnap.run(address, "gc")
    return problems, verdict


def left_behind(api: EngineAPI, store: Path) -> dict[str, set[str]]:
    """What a round could leave, by name."""
    def ours(names: list[str]) -> set[str]:
        return {name for name in names if PROJECT in name}

    with open("/proc/self/mountinfo") as table:
        mounts = [line.split()[4] for line in table]
    images: list[dict[str, Any]] = api.get("/images/json")
    temporary = store / "tmp"
    return {
        "containers": ours([n for c in api.get("/containers/json", {"all": "1"}) for n in c["Names"]]),
        "networks": ours([n["Name"] for n in api.get("/networks")]),
        "volumes": ours([v["Name"] for v in api.get("/volumes")["Volumes"] or []]),
        "images": {tag for image in images for tag in image.get("RepoTags") or [] if "capsule" in tag},
        "mounts": {mount for mount in mounts if str(store) in mount},
        "transactions": {entry.name for entry in temporary.iterdir()} if temporary.exists() else set(),
    }
