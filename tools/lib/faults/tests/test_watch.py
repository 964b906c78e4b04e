# SPDX-License-Identifier: Apache-2.0
"""The library counts, kills and refuses."""

import os
import shutil
import signal
import subprocess
import sys
import tempfile
import unittest
from pathlib import Path

from ..watch import Call, Watch, build, parse, read

SCRIPT = """
import os, sys
root = sys.argv[1]
os.mkdir(root + '/folder')
descriptor = os.open(root + '/folder/file', os.O_CREAT | os.O_WRONLY, 0o600)
os.write(descriptor, b'0123456789')
os.fsync(descriptor)
os.rename(root + '/folder/file', root + '/file')
os.unlink(root + '/file')
print('said')
"""
KINDS = ["mkdir", "create", "write", "fsync", "rename", "unlink"]


class WatchTests(unittest.TestCase):
    @classmethod
    def setUpClass(cls) -> None:
        cls.scratch = tempfile.TemporaryDirectory()
        cls.library = build(Path(cls.scratch.name))

    @classmethod
    def tearDownClass(cls) -> None:
        cls.scratch.cleanup()

    def setUp(self) -> None:
        self.root, self.log = Path(self.scratch.name) / "root", Path(self.scratch.name) / "log"
        shutil.rmtree(self.root, ignore_errors=True)
        self.root.mkdir()
        self.log.unlink(missing_ok=True)

    def run_script(self, script: str = SCRIPT, **options: object) -> subprocess.CompletedProcess[str]:
        watch = Watch((self.root,), log=self.log, **options)  # type: ignore[arg-type]
        return subprocess.run(
            [sys.executable, "-c", script, str(self.root)], env=os.environ | watch.environment(self.library),
            capture_output=True, text=True)

    def kinds(self) -> list[str]:
        return [call.kind for call in read(self.log)]

    def test_every_call_is_logged_with_what_was_written_and_said(self) -> None:
        self.assertEqual(self.run_script(data=True).returncode, 0)
        calls = read(self.log)
        self.assertEqual([call.kind for call in calls if call.kind != "said"], KINDS)
        self.assertEqual([call.data for call in calls if call.kind == "write"], [b"0123456789"])
        self.assertEqual(b"".join(call.data for call in calls if call.kind == "said"), b"said\n")

    def test_kills_before_each_call(self) -> None:
        for at, kind in enumerate(KINDS, 1):
            self.setUp()
            self.assertEqual(self.run_script(at=at).returncode, -signal.SIGKILL)
            calls = read(self.log)
            self.assertEqual([call.kind for call in calls], [*KINDS[:at - 1], "fault"])
        self.setUp()
        self.assertEqual(self.run_script(at=len(KINDS) + 1).returncode, 0)

    def test_kills_in_the_middle_of_a_write(self) -> None:
        self.assertEqual(self.run_script(at=3, after=True).returncode, -signal.SIGKILL)
        self.assertEqual((self.root / "folder/file").read_bytes(), b"01234")

    def test_each_call_fails_with_what_is_asked_for(self) -> None:
        for at in range(1, len(KINDS) + 1):
            self.setUp()
            done = self.run_script(at=at, error="ENOSPC")
            self.assertIn("[Errno 28]", done.stderr)
            self.assertEqual(done.returncode, 1)

    def test_opening_to_read_fails_only_where_it_counts(self) -> None:
        script = "import sys; open(sys.argv[1] + '/../root/there').close()"
        (self.root / "there").touch()
        self.assertEqual(self.run_script(script, at=1, error="EMFILE").returncode, 0)
        self.assertEqual(self.run_script(script, at=1, error="EMFILE", opens=True).returncode, 1)

    def test_other_folders_and_other_programs_are_left_alone(self) -> None:
        script = f"""
import os, subprocess, sys
os.mkdir({str(self.scratch.name)!r} + '/elsewhere')
os.rmdir({str(self.scratch.name)!r} + '/elsewhere')
subprocess.run(['mkdir', sys.argv[1] + '/by-another'], check=True)
"""
        self.assertEqual(self.run_script(script, at=1).returncode, 0)
        self.assertEqual(self.kinds(), [])

    @unittest.skipUnless(shutil.which("sqlite3"), "no sqlite3")
    def test_sqlite_is_seen(self) -> None:
        watch = Watch((self.root,), log=self.log)
        subprocess.run(
            ["sqlite3", self.root / "db", "CREATE TABLE t (a); INSERT INTO t VALUES (1)"],
            env=os.environ | watch.environment(self.library), check=True)
        self.assertTrue({"create", "write", "fdatasync", "unlink"} <= set(self.kinds()), self.kinds())


class LogTests(unittest.TestCase):
    def test_bytes_that_look_like_lines_are_data(self) -> None:
        log = b"write\t/a\t7\t3\t9\nfsync\t/b\n\nrename\t/a\t/b\n"
        self.assertEqual(list(parse(log)), [
            Call("write", "/a", inode=7, number=3, data=b"fsync\t/b\n"), Call("rename", "/a", other="/b")])
