# SPDX-License-Identifier: Apache-2.0
"""Projects made by compose itself; after the replay compose must find them up to date."""

from __future__ import annotations

from ..world import SLEEP, World
from . import environment

PLAIN = {"image": "busybox", "command": SLEEP}


def _network(number: int = 0) -> dict[str, object]:
    return {"ipam": {"config": [{"subnet": f"10.181.{40 + number}.0/24"}]}}


@environment("K-01, K-06", quick=True, direct=True, stores=True)
def compose_plain(world: World) -> None:
    world.compose({"web": PLAIN, "db": PLAIN | {"depends_on": ["web"]}}, networks={"default": _network()})


@environment("K-01", quick=True)
def compose_rich(world: World) -> None:
    world.write("settings.env", "FROM_FILE=1\nOTHER=two\n")
    world.write("html/index.html", "hello")
    world.compose({"rich": PLAIN | {
        "networks": {"front": {"ipv4_address": "10.181.40.9", "aliases": ["www"]}, "back": {}}, "env_file": ["settings.env"],
        "environment": {"A": "b"}, "volumes": ["data:/data", "./html:/html:ro", "/anonymous"], "ports": ["127.0.0.1:18140:80"],
        "expose": ["81"], "labels": {"x": "y"}, "restart": "unless-stopped", "cap_add": ["NET_ADMIN"], "dns": ["10.181.40.2"],
        "extra_hosts": ["h:10.181.40.3"], "stop_grace_period": "3s", "ulimits": {"nofile": {"soft": 100, "hard": 200}},
        "sysctls": {"net.core.somaxconn": 300}, "tmpfs": ["/scratch"], "shm_size": "16m", "mem_limit": "64m", "cpus": 0.5,
        "init": True, "user": "0:0", "working_dir": "/data", "hostname": "rich", "domainname": "example.test",
        "logging": {"driver": "json-file", "options": {"max-size": "1m"}}, "pids_limit": 99, "group_add": ["7"],
        "healthcheck": {"test": ["CMD", "true"], "interval": "3600s"}, "stop_signal": "SIGINT", "oom_score_adj": 100,
    }}, networks={"front": _network(), "back": _network(1)}, volumes={"data": {"labels": {"v": "w"}}})


@environment("K-01, C-04, C-07: service: modes")
def compose_shared(world: World) -> None:
    world.compose({
        "donor": PLAIN | {"volumes": ["data:/data"]},
        "net": PLAIN | {"network_mode": "service:donor"},
        "heir": PLAIN | {"volumes_from": ["donor:ro"]},
        "host": PLAIN | {"network_mode": "host"}, "none": PLAIN | {"network_mode": "none"},
    }, networks={"default": _network()}, volumes={"data": {}})


@environment("K-02: v1 hashes the id behind ipc: service", recreated=True)
def compose_shared_ipc(world: World) -> None:
    world.compose({"donor": PLAIN | {"ipc": "shareable"}, "user": PLAIN | {"ipc": "service:donor"}}, networks={"default": _network()})


@environment("K-08")
def compose_scale(world: World) -> None:
    world.compose({"many": PLAIN | {"scale": 2}}, networks={"default": _network()})


@environment("K-08: a one-off beside the project")
def compose_oneoff(world: World) -> None:
    world.compose({"web": PLAIN}, networks={"default": _network()})
    world.run_compose("run", "-d", "--name", f"{world.project}_web_run_1", "web", *SLEEP)


@environment("K-01: links")
def compose_links(world: World) -> None:
    world.compose({"db": PLAIN, "web": PLAIN | {"links": ["db:database"], "external_links": []}}, networks={"default": _network()})


@environment("K-09")
def compose_secrets(world: World) -> None:
    world.write("secret.txt", "hidden", 0o600)
    world.compose(
        {"web": PLAIN | {"secrets": ["token", {"source": "token", "target": "other"}]}}, version="3.8",
        networks={"default": _network()}, secrets={"token": {"file": "./secret.txt"}})


@environment("K-01: stopped services")
def compose_stopped(world: World) -> None:
    world.compose({"job": PLAIN | {"command": ["sh", "-c", "exit 0"]}, "web": PLAIN}, networks={"default": _network()})


@environment("K-01, K-06: compose v2", captured_on=("26",), replayed_on=("26",), stores=True)
def compose_v2_plain(world: World) -> None:
    world.write("html/index.html", "hello")
    world.compose_v2(
        {"web": PLAIN | {"volumes": ["data:/data", "./html:/html:ro"], "ports": ["127.0.0.1:18150:80"]}, "db": PLAIN},
        networks={"default": _network()}, volumes={"data": {}})


@environment("K-09: compose v2's configs", captured_on=("26",), replayed_on=("26",))
def compose_v2_configs(world: World) -> None:
    world.write("token.txt", "hidden", 0o600)
    world.compose_v2(
        {"web": PLAIN | {"configs": [{"source": "inline", "target": "/etc/inline"}], "secrets": ["token"]}},
        networks={"default": _network()}, configs={"inline": {"content": "some = content\n"}},
        secrets={"token": {"file": "./token.txt"}})


@environment("K-02", captured_on=("26",), replayed_on=("26",), recreated=True)
def compose_v2_shared(world: World) -> None:
    world.compose_v2({"donor": PLAIN, "user": PLAIN | {"network_mode": "service:donor"}}, networks={"default": _network()})
