# SPDX-License-Identifier: Apache-2.0
"""Trees of files with everything a file system can hold."""

from __future__ import annotations

import os
import socket
import struct
from pathlib import Path

from ..world import World
from . import environment


def access_list(user: int, named_user: int, group: int, named_group: int, mask: int, other: int) -> bytes:
    """A POSIX ACL as the kernel takes it, with one user and one group of their own."""
    nobody = 0xFFFFFFFF
    entries = ((1, user, nobody), (2, named_user, 1234), (4, group, nobody), (8, named_group, 77), (16, mask, nobody),
               (32, other, nobody))
    return struct.pack("<I", 2) + b"".join(struct.pack("<HHI", *entry) for entry in entries)


def torture(folder: Path) -> None:
    """Makes one of everything that copies lose."""
    folder.mkdir(parents=True, exist_ok=True)
    plain = folder / "plain"
    plain.write_text("content\n")
    os.link(plain, folder / "same file")
    (folder / "sub").mkdir(mode=0o2775)
    os.link(plain, folder / "sub/same")
    os.symlink("../../outside", folder / "sub/relative")
    os.symlink("/absolute/nowhere", folder / "absolute")
    (folder / "setuid").write_text("#!\n")
    os.chown(folder / "setuid", 12, 34)
    (folder / "setuid").chmod(0o4711)
    os.mkfifo(folder / "fifo", 0o622)
    os.mknod(folder / "device", 0o020660, os.makedev(1, 3))
    os.mknod(folder / "block", 0o060640, os.makedev(7, 99))
    with (folder / "sparse").open("wb") as sparse:
        sparse.truncate(40 << 20)
        sparse.seek(20 << 20)
        sparse.write(b"in the middle")
    (folder / "empty").touch()
    (folder / "no-permission").touch(mode=0)
    names = [b"not-utf8-\xff\xfe", "ünïcode-漢字".encode(), b"new\nline", b"back\\slash", b" space ", b"-dash", b"x" * 255,
             b".wh.not-a-whiteout", b'quote"and\'', b"star*"]
    for name in names:
        (folder / os.fsdecode(name)).write_bytes(name)
    os.setxattr(plain, "user.note", b"binary\x00value\xff")
    os.setxattr(folder / "sub", "trusted.note", b"trusted")
    os.setxattr(plain, "system.posix_acl_access", access_list(user=6, named_user=6, group=4, named_group=4, mask=6, other=4))
    os.setxattr(folder / "sub", "system.posix_acl_default",
                access_list(user=7, named_user=7, group=5, named_group=1, mask=7, other=5))
    # cap_net_raw+ep, as the kernel stores it.
    capability = bytes.fromhex("0100000200200000" + "00" * 12)
    (folder / "capable").write_text("program")
    os.setxattr(folder / "capable", "security.capability", capability)
    deep = folder / "/".join(["d" * 60] * 6)
    deep.mkdir(parents=True)
    (deep / "end").write_text("deep")
    server = socket.socket(socket.AF_UNIX)
    place = os.getcwd()
    os.chdir(folder)
    server.bind("socket")
    os.chdir(place)
    server.close()
    for number, path in enumerate(sorted(folder.rglob("*"))):
        os.utime(path, ns=(0, 1_000_000_000_123_456_789 + number), follow_symlinks=False)
    os.utime(folder / "empty", ns=(0, -1_500_000_000))
    os.utime(folder, ns=(0, 1_100_000_000_987_654_321))


@environment("D-01, D-02, D-03", quick=True)
def tree_in_volume(world: World) -> None:
    volume = world.volume("tree")
    world.container("a", host={"Binds": [f"{volume}:/tree"]})
    world.site.call(torture, Path(world.api.get(f"/volumes/{volume}")["Mountpoint"]))


@environment("D-01, D-13")
def tree_in_bind(world: World) -> None:
    torture(world.folder / "tree")
    world.container("a", host={"Binds": [f"{world.folder}/tree:/tree"]})


@environment("D-01, D-14")
def tree_in_layer(world: World) -> None:
    world.write("docker-compose.yml", '{"version": "2.4", "services": {}}')
    torture(world.folder / "tree")
    name = world.container("a", host={"Binds": [f"{world.folder}/tree:/tree"]})
    world.shell(name, "cp -a /tree /copied; mkdir -p /opt; cp -a /tree/plain /opt/plain; touch -d '2001-02-03 04:05:06' /opt/plain")


@environment("D-04, D-14", quick=True, stores=True)
def changed_layer(world: World) -> None:
    image = world.image(
        "layered", "RUN mkdir -p /a/b/c /gone/deep /opaque && for f in 1 2 3; do echo $f >/a/$f; echo $f >/gone/$f; "
        "echo $f >/opaque/$f; done")
    name = world.container("a", image=image)
    world.shell(name, """
        rm /a/1; echo changed >/a/2; chmod 600 /a/3; mv /a/b /a/moved; rm -rf /gone
        rm -rf /opaque; mkdir /opaque; echo new >/opaque/new
        mkdir -p /new/deep; ln -s /a/2 /new/link; ln /a/2 /new/hard; mkfifo /new/fifo; mknod /new/null c 1 3
        chown -R 5:6 /new; chmod 1777 /new; rm /bin/wget; echo x >/bin/vi.new; mv /bin/vi.new /bin/vi""")
    world.container("untouched", image=image)


@environment("D-14: layers of stopped containers")
def layer_of_stopped(world: World) -> None:
    name = world.container("exited", ["sh", "-c", "echo result >/result; rm /bin/wget; exit 3"])
    world.wait_exited(name)
    world.container("created", start=False)


@environment("C-20: engine files and memory")
def engine_files(world: World) -> None:
    net = world.network("net")
    name = world.container("a", networks={net: {}}, host={"Tmpfs": {"/memory": ""}})
    world.shell(name, "echo in-memory >/memory/file; echo shared >/dev/shm/file; mkdir -p /var/run; echo pid >/var/run/app.pid")
