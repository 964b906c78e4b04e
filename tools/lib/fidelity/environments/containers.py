# SPDX-License-Identifier: Apache-2.0
"""What a container runs: command, environment, user, terminal, capabilities, devices."""

from __future__ import annotations

from ..world import SLEEP, World
from . import environment


@environment("C-01", quick=True, direct=True)
def entrypoint_reset(world: World) -> None:
    image = world.image("entrypoint", 'ENTRYPOINT ["/bin/echo", "IMAGE"]', 'CMD ["of", "the", "image"]')
    world.container("reset", image=image, Entrypoint=[""], Cmd=SLEEP)
    world.container("other", image=image, Entrypoint=["sh", "-c"], command=["exec sleep 1000000"])


@environment("C-03")
def environment_order(world: World) -> None:
    image = world.image("environment", "ENV FROM_IMAGE=1 REMOVED=yes TWICE=image")
    world.container("env", image=image, Env=[
        "ZED=last first", "TWICE=one", "REMOVED", "TWICE=two", "EMPTY=", "NOVALUE", "QUOTE=\"'$HOME`\\", "ÜNI=çödé",
        "LINES=a\nb", "ALPHA=1"])


@environment("C-02")
def image_defaults(world: World) -> None:
    image = world.image(
        "defaults", "USER 1000:1001", "WORKDIR /srv/here", "EXPOSE 80 53/udp 7000-7002", "ENV A=b",
        "LABEL of.image=yes shared=image", 'VOLUME ["/kept"]', "STOPSIGNAL SIGQUIT",
        "HEALTHCHECK --interval=7s --timeout=3s --start-period=2s --retries=4 CMD true", 'SHELL ["/bin/sh", "-c"]',
        "ONBUILD RUN true", "MAINTAINER somebody", 'CMD ["sleep", "1000000"]')
    world.container("plain", image=image, command=None)
    world.container("own", image=image, Labels={"shared": "container", "mine": "1"}, Healthcheck={"Test": ["NONE"]})


@environment("C-05, C-06", quick=True)
def host_names(world: World) -> None:
    world.network("net")
    networks = {f"{world.project}_net": {}}
    world.container("named", networks=networks, Hostname="chosen", Domainname="example.test")
    world.container("short-id", networks=networks)
    world.container("dotted", networks=networks, Hostname="a.b.c")


@environment("checklist: User, WorkingDir, GroupAdd")
def user_and_folder(world: World) -> None:
    world.container("numbers", User="1234:4321", WorkingDir="/tmp", host={"GroupAdd": ["77", "root"]})
    world.container("name", User="root", WorkingDir="/not/there/yet")


@environment("checklist: Tty, OpenStdin, StdinOnce, Attach*")
def terminal(world: World) -> None:
    world.container("tty", ["sh"], Tty=True, OpenStdin=True, StdinOnce=True, AttachStdin=True, host={"ConsoleSize": [40, 120]})
    world.container("stdin", ["cat"], OpenStdin=True, AttachStdout=True, AttachStderr=True)


@environment("checklist: StopSignal, StopTimeout, Init")
def stopping(world: World) -> None:
    world.container("signal", StopSignal="SIGUSR1", StopTimeout=37)
    world.container("number", StopSignal="15", StopTimeout=0)
    world.container("init", host={"Init": True})
    world.container("no-init", host={"Init": False})


@environment("checklist: CapAdd, CapDrop, Privileged")
def capabilities(world: World) -> None:
    world.container("added", host={"CapAdd": ["NET_ADMIN", "CAP_SYS_PTRACE"]})
    world.container("dropped", host={"CapDrop": ["ALL"], "CapAdd": ["CHOWN"]})
    world.container("few", host={"CapDrop": ["MKNOD", "NET_RAW"]})


@environment("C-11, checklist: Privileged")
def privileged(world: World) -> None:
    world.container("all", host={"Privileged": True})


@environment("C-11")
def masked_paths(world: World) -> None:
    world.container("fewer", host={"MaskedPaths": ["/proc/kcore", "/proc/keys"], "ReadonlyPaths": ["/proc/sys"]})
    world.container("none", host={"MaskedPaths": [], "ReadonlyPaths": []})


@environment("C-23")
def security_options(world: World) -> None:
    world.container("plain", host={"SecurityOpt": ["no-new-privileges"]})
    world.container("unconfined", host={"SecurityOpt": ["seccomp=unconfined", "no-new-privileges:true"]})
    profile = '{"defaultAction":"SCMP_ACT_ALLOW","syscalls":[{"names":["mkdirat"],"action":"SCMP_ACT_ERRNO"}]}'
    world.container("profile", host={"SecurityOpt": [f"seccomp={profile}"]})


@environment("C-23")
def devices(world: World) -> None:
    world.container("devices", host={
        "Devices": [
            {"PathOnHost": "/dev/null", "PathInContainer": "/dev/nothing", "CgroupPermissions": "r"},
            {"PathOnHost": "/dev/zero", "PathInContainer": "/dev/zero2", "CgroupPermissions": "rwm"}],
        "DeviceCgroupRules": ["c 42:* rmw", "b 7:0 r"]})


@environment("C-07, C-08", quick=True)
def shared_namespaces(world: World) -> None:
    donor = world.container("donor", host={"IpcMode": "shareable"})
    world.container("by-name", host={"IpcMode": f"container:{donor}", "PidMode": f"container:{donor}"})
    world.container("of-host", host={"PidMode": "host", "IpcMode": "host", "UTSMode": "host"})
    world.container("private", host={"IpcMode": "private", "CgroupnsMode": "private"})
    world.container("no-ipc", host={"IpcMode": "none", "CgroupnsMode": "host"})


@environment("C-04, C-07")
def shared_network(world: World) -> None:
    image = world.image("exposing", "EXPOSE 80 443")
    net = world.network("net")
    donor = world.container("z-donor", networks={net: {"Aliases": ["door"]}}, Hostname="front")
    identifier = world.api.get(f"/containers/{donor}/json")["Id"]
    world.container("a-user", image=image, host={"NetworkMode": f"container:{identifier}"})
    world.container("b-user", image=image, host={"NetworkMode": f"container:{donor}"})


@environment("C-10, C-12")
def user_namespace_and_runtime(world: World) -> None:
    world.container("host", host={"UsernsMode": "host", "Runtime": "runc"})


@environment("checklist: Labels")
def labels(world: World) -> None:
    odd = {"plain": "1", "dots.and/slashes": "a=b", "empty": "", "ünïcode": "漢字", "json": '{"a": [1, 2]}', "line": "a\nb",
           "short": "abcdef123456", "long": "0" * 2000}
    net = world.network("net", Labels=odd)
    volume = world.volume("vol", Labels=odd)
    world.container("labelled", networks={net: {}}, host={"Binds": [f"{volume}:/v"]}, Labels=odd)


@environment("C-18")
def names(world: World) -> None:
    world.container("a", name=f"{world.project}-not.compose_NAME")
    world.container("a", number=2)
    world.container("a", number=11)


@environment("checklist: LogConfig, C-19")
def logging(world: World) -> None:
    world.container("limited", host={"LogConfig": {"Type": "json-file", "Config": {
        "max-size": "1m", "max-file": "3", "labels": "a,b", "env": "X", "tag": "{{.Name}}"}}})
    world.container("none", host={"LogConfig": {"Type": "none", "Config": {}}})
    world.container("local", host={"LogConfig": {"Type": "local", "Config": {"max-size": "2m"}}})


@environment("checklist: Annotations, StartInterval", captured_on=("26",), replayed_on=("26",))
def newer_fields(world: World) -> None:
    world.container("annotated", host={"Annotations": {"org.example.note": "kept", "other": "2"}}, Healthcheck={
        "Test": ["CMD", "true"], "Interval": 60_000_000_000, "StartPeriod": 30_000_000_000, "StartInterval": 1_000_000_000})
