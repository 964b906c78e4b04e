# SPDX-License-Identifier: Apache-2.0
"""What is made to be captured has the size that is said, and unique bytes hold each layer once."""

import io
import subprocess
import tarfile
import tempfile
import unittest
import zlib
from pathlib import Path

from .. import content
from ..unique import write_unique


def tar(members: dict[str, bytes]) -> bytes:
    stream = io.BytesIO()
    with tarfile.open(fileobj=stream, mode="w") as archive:
        for name, data in members.items():
            entry = tarfile.TarInfo(name)
            entry.size = len(data)
            archive.addfile(entry, io.BytesIO(data))
    return stream.getvalue()


class ContentTests(unittest.TestCase):
    def setUp(self) -> None:
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.folder = Path(folder.name)

    def test_files_have_the_size_that_was_asked_for(self) -> None:
        for size in (1, 4095, 4096, 1_500_000):
            content.write(self.folder / "file", size)
            self.assertEqual((self.folder / "file").stat().st_size, size)

    def test_bytes_compress_to_about_a_half(self) -> None:
        data = b"".join(content.pages(1 << 20))
        self.assertAlmostEqual(len(zlib.compress(data, 1)) / len(data), 0.52, delta=0.05)

    def test_many_files_are_as_many_and_none_is_like_another(self) -> None:
        content.write_many(self.folder, 250, 512, per_folder=100)
        files = [file for file in self.folder.rglob("*") if file.is_file()]
        self.assertEqual((len(files), {file.stat().st_size for file in files}), (250, {512}))
        self.assertEqual(len({file.read_bytes() for file in files}), 250)

    def test_an_overwritten_range_leaves_the_rest(self) -> None:
        file = self.folder / "file"
        content.write(file, 100_000)
        before = file.read_bytes()
        content.overwrite(file, 30_000, 10_000)
        after = file.read_bytes()
        self.assertEqual((after[:30_000], after[40_000:]), (before[:30_000], before[40_000:]))
        self.assertNotEqual(after[30_000:40_000], before[30_000:40_000])

    def test_a_layer_of_two_images_counts_once(self) -> None:
        base, own, other = (tar({name: name.encode() * 9000}) for name in ("base", "own", "other"))
        data = tar({"row": b"row" * 5000})
        plain = {
            # As docker save wrote before engine 25, and as it does since.
            "outermost.image a.tar": tar({"1/layer.tar": base, "2/layer.tar": own, "manifest.json": b"[]" * 800}),
            "host.image b.tar": tar({"blobs/sha256/1": base, "blobs/sha256/3": other, "index.json": b"{}"}),
            "host.volume db %data.tar": data,
        }
        for name, archive in plain.items():
            packed = subprocess.run(["zstd", "-q", "-c"], input=archive, capture_output=True, check=True).stdout
            (self.folder / f"{name}.zst").write_bytes(packed)
        write_unique(self.folder, self.folder / "bytes")
        self.assertEqual(sorted((self.folder / "bytes").read_bytes()), sorted(base + own + other + data))
