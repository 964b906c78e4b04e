# SPDX-License-Identifier: Apache-2.0
"""What is left of a disk when the power fails."""

import os
import random
import subprocess
import sys
import tempfile
import unittest
from pathlib import Path

from ..disk import Chance, Disk, Everything, Nothing, UnknownCall, digest, write
from ..watch import Call, Watch, build, read


class DiskTests(unittest.TestCase):
    def setUp(self) -> None:
        self.scratch = tempfile.TemporaryDirectory()
        self.root = Path(self.scratch.name) / "root"
        self.root.mkdir()
        (self.root / "old").write_text("old")
        self.disk = Disk(self.root)
        self.top = self.root.stat().st_ino

    def tearDown(self) -> None:
        self.scratch.cleanup()

    def do(self, kind: str, name: str, other: str = "", inode: int = 0, number: int = 0, data: bytes = b"") -> None:
        self.disk.do(Call(kind, str(self.root / name), str(self.root / other) if other else "", inode, number, data))

    def left(self, choice: object = None) -> dict[str, object]:
        image = self.disk.image(choice or Nothing())  # type: ignore[arg-type]
        return {path: content for path, (_, content) in image.items() if path}

    def test_what_was_there_stays(self) -> None:
        self.assertEqual(self.left(), {"old": b"old"})

    def test_a_file_needs_its_own_fsync_and_that_of_its_folder(self) -> None:
        self.do("create", "new", inode=1, number=0o600)
        self.do("write", "new", inode=1, data=b"new")
        self.assertEqual(self.left(), {"old": b"old"})
        self.assertEqual(self.left(Everything()), {"old": b"old", "new": b"new"})
        self.do("fsync", "", inode=self.top)
        self.assertEqual(self.left(), {"old": b"old", "new": b""})
        self.do("fsync", "new", inode=1)
        self.assertEqual(self.left(), {"old": b"old", "new": b"new"})

    def test_a_rename_without_the_fsync_of_the_folder_is_lost(self) -> None:
        self.do("create", "new", inode=1)
        self.do("fsync", "", inode=self.top)
        self.do("rename", "new", "old")
        self.assertEqual(self.left(), {"old": b"old", "new": b""})
        self.assertEqual(self.left(Everything()), {"old": b""})

    def test_what_was_removed_may_come_back(self) -> None:
        self.do("unlink", "old")
        self.assertEqual(self.left(), {"old": b"old"})
        self.do("fdatasync", "", inode=self.top)
        self.assertEqual(self.left(), {})

    def test_a_folder_that_is_not_sure_takes_what_is_in_it_along(self) -> None:
        self.do("mkdir", "folder", inode=2, number=0o700)
        self.do("create", "folder/file", inode=3)
        self.do("fsync", "folder", inode=2)
        self.assertEqual(self.left(), {"old": b"old"})
        self.do("fsync", "", inode=self.top)
        self.assertEqual(self.left(), {"old": b"old", "folder": None, "folder/file": b""})

    def test_chance_lies_between_nothing_and_everything(self) -> None:
        self.do("write", "old", inode=(self.root / "old").stat().st_ino, number=1, data=b"LD" + bytes(2000))
        self.do("unlink", "old")
        self.do("create", "old", inode=9)
        found = {digest(self.disk.image(Chance(random.Random(seed)))) for seed in range(200)}
        self.assertGreater(len(found), 3)
        self.assertIn(digest(self.disk.image(Nothing())), found)
        self.assertIn(digest(self.disk.image(Everything())), found)

    def test_an_image_is_written(self) -> None:
        target = Path(self.scratch.name) / "copy"
        write(self.disk.image(Everything()), target)
        self.assertEqual((target / "old").read_text(), "old")

    def test_what_is_not_known_is_refused(self) -> None:
        with self.assertRaises(UnknownCall):
            self.do("sendfile", "old", inode=1)

    def test_a_real_record_gives_the_real_folder(self) -> None:
        script = """
import os, sys
os.chdir(sys.argv[1])
os.makedirs('a/b')
with open('a/b/x', 'w') as file:
    file.write('some text'); file.flush(); os.fsync(file.fileno())
    file.truncate(4)
os.rename('a/b/x', 'a/y')
os.link('a/y', 'z')
with open('old', 'r+b') as file:
    file.seek(1); file.write(b'xyz')
os.open('a/w', os.O_CREAT | os.O_WRONLY)
os.unlink('a/w')
os.rmdir('a/b')
"""
        library, log = build(Path(self.scratch.name)), Path(self.scratch.name) / "log"
        watch = Watch((self.root,), log=log, data=True)
        subprocess.run(
            [sys.executable, "-c", script, str(self.root)], env=os.environ | watch.environment(library), check=True)
        for call in read(log):
            self.disk.do(call)
        real = {str(p.relative_to(self.root)): None if p.is_dir() else p.read_bytes() for p in self.root.rglob("*")}
        self.assertEqual(self.left(Everything()), real)
