# SPDX-License-Identifier: Apache-2.0
"""Volumes, binds and what is mounted where."""

from __future__ import annotations

from ..world import World
from . import environment


@environment("D-08, checklist: volumes", quick=True, direct=True, stores=True)
def named_volume(world: World) -> None:
    volume = world.volume("data", Labels={"kept": "yes"})
    name = world.container("a", host={"Binds": [f"{volume}:/data:rw"]})
    world.container("reader", host={"Binds": [f"{volume}:/data:ro"]})
    world.shell(name, "echo content >/data/file; mkdir -m 2770 /data/folder; chown 3:4 /data; chmod 3771 /data")


@environment("D-09", quick=True)
def anonymous_volumes(world: World) -> None:
    image = world.image("volumes", 'VOLUME ["/of-image"]')
    name = world.container("a", image=image, Volumes={"/of-config": {}}, host={
        "Mounts": [{"Type": "volume", "Target": "/of-mount"}]})
    world.shell(name, "for d in image config mount; do echo $d >/of-$d/file; done")
    world.container("donor", image=image)
    world.container("heir", host={"VolumesFrom": [f"{world.project}_donor_1:ro"]})


@environment("D-09: an anonymous volume that another container names")
def shared_anonymous_volume(world: World) -> None:
    name = world.container("owner", Volumes={"/data": {}})
    world.shell(name, "echo shared >/data/file")
    volume = world.api.get(f"/containers/{name}/json")["Mounts"][0]["Name"]
    world.container("second", host={"Binds": [f"{volume}:/other"]})


@environment("C-07: VolumesFrom")
def volumes_from(world: World) -> None:
    world.write("bound/file", "bound")
    volume = world.volume("data")
    donor = world.container("z-donor", host={"Binds": [f"{volume}:/data", f"{world.folder}/bound:/bound:ro"]})
    identifier = world.api.get(f"/containers/{donor}/json")["Id"]
    world.container("a-heir", host={"VolumesFrom": [f"{identifier}:rw"]})
    world.container("b-heir", host={"VolumesFrom": [donor]})


@environment("D-07: a volume that is a bind, and one in memory")
def volume_options(world: World) -> None:
    device = world.write("device/file", "behind the volume").parent
    bound = world.volume("bound", Driver="local", DriverOpts={"type": "none", "o": "bind", "device": str(device)})
    memory = world.volume("memory", Driver="local", DriverOpts={"type": "tmpfs", "device": "tmpfs", "o": "size=1m,uid=9"})
    world.container("a", host={"Binds": [f"{bound}:/bound", f"{memory}:/memory"]})


@environment("D-07: volumes nobody uses")
def unused_volume(world: World) -> None:
    volume = world.volume("data", Labels={"nobody": "here"})
    name = world.container("a", host={"Binds": [f"{volume}:/d"]})
    world.shell(name, "echo left >/d/behind")
    world.api.delete(f"/containers/{name}", {"force": "1"})
    world.container("b")


@environment("D-06")
def emptied_volume(world: World) -> None:
    image = world.image("filled", "RUN mkdir -p /filled/deep && echo of-image >/filled/file && chown 8:9 /filled")
    emptied, kept = world.volume("emptied"), world.volume("kept")
    name = world.container("a", image=image, host={"Binds": [f"{emptied}:/filled"]})
    world.shell(name, "rm -rf /filled/*; chown 1:1 /filled; chmod 711 /filled")
    world.container("b", image=image, host={"Binds": [f"{kept}:/filled"]})
    world.container("nocopy", image=image, host={"Binds": [f"{world.volume('raw')}:/filled:nocopy"]})


@environment("D-10, D-13", quick=True)
def binds(world: World) -> None:
    world.write("config/app.conf", "setting = 1\n", 0o640)
    world.write("single.txt", "one file\n", 0o604)
    world.container("strings", host={"Binds": [
        f"{world.folder}/config:/etc/app:ro", f"{world.folder}/single.txt:/single:rw", f"{world.folder}/made:/made:z"]})
    world.container("objects", host={"Mounts": [
        {"Type": "bind", "Source": f"{world.folder}/config", "Target": "/config", "ReadOnly": True},
        {"Type": "bind", "Source": f"{world.folder}/single.txt", "Target": "/single", "Consistency": "cached"}]})


@environment("D-12")
def bind_propagation(world: World) -> None:
    world.write("config/file", "x")
    world.container("private", host={"Binds": [f"{world.folder}/config:/c:private"], "Mounts": [{
        "Type": "bind", "Source": f"{world.folder}/config", "Target": "/d", "BindOptions": {
            "Propagation": "rprivate", "NonRecursive": True}}]})


@environment("D-13: sockets and devices of the machine")
def machine_binds(world: World) -> None:
    world.container("machine", host={"Binds": ["/dev/null:/dev/other:ro", "/sys/class:/machine-class:ro"]})


@environment("D-10: Mounts of volumes")
def volume_mounts(world: World) -> None:
    world.volume("made")
    world.container("mounts", host={"Mounts": [
        {"Type": "volume", "Source": f"{world.project}_made", "Target": "/made", "ReadOnly": True},
        {"Type": "volume", "Source": f"{world.project}_new", "Target": "/new", "VolumeOptions": {
            "NoCopy": True, "Labels": {"made": "by mount"}, "DriverConfig": {"Name": "local"}}}]})


@environment("D-10: Subpath", captured_on=("26",), replayed_on=("26",))
def volume_subpath(world: World) -> None:
    volume = world.volume("data")
    name = world.container("filler", host={"Binds": [f"{volume}:/d"]})
    world.shell(name, "mkdir -p /d/inner/deep; echo below >/d/inner/deep/file")
    world.container("sub", host={"Mounts": [{
        "Type": "volume", "Source": volume, "Target": "/sub", "VolumeOptions": {"Subpath": "inner/deep"}}]})


@environment("D-11", captured_on=("26",), replayed_on=("26",))
def recursive_read_only(world: World) -> None:
    world.write("config/file", "x")
    bind = {"Type": "bind", "Source": f"{world.folder}/config", "ReadOnly": True}
    world.container("ro", host={"Mounts": [
        bind | {"Target": "/a", "BindOptions": {"ReadOnlyNonRecursive": True}}, bind | {"Target": "/b"},
        {"Type": "bind", "Source": f"{world.folder}/new", "Target": "/c", "BindOptions": {"CreateMountpoint": True}}]})


@environment("checklist: VolumeDriver")
def volume_driver(world: World) -> None:
    world.container("driver", host={"VolumeDriver": "local"}, Volumes={"/data": {}})


@environment("mounts within mounts")
def nested_mounts(world: World) -> None:
    volume = world.volume("outer")
    world.write("inner/file", "inner")
    name = world.container("a", host={
        "Binds": [f"{volume}:/outer", f"{world.folder}/inner:/outer/deep/inner"], "Tmpfs": {"/outer/memory": ""}})
    world.shell(name, "echo o >/outer/file")
