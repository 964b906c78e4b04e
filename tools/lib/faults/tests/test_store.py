# SPDX-License-Identifier: Apache-2.0
"""The independent look at a store finds what is wrong with it."""

import hashlib
import os
import shutil
import sqlite3
import tempfile
import unittest
from pathlib import Path

from .. import store
from ..operation import reference

SNAPSHOTS = Path(__file__).parents[4] / "snapshots"


class StoreTests(unittest.TestCase):
    def setUp(self) -> None:
        self.scratch = tempfile.TemporaryDirectory()
        self.store = Path(self.scratch.name) / "store"
        reference(SNAPSHOTS / "v2", self.store)
        self.blob = next((self.store / "blobs/sha256").iterdir())

    def tearDown(self) -> None:
        self.scratch.cleanup()

    def test_a_committed_store_is_sound(self) -> None:
        self.assertEqual(store.problems(self.store), [])

    def found(self, text: str) -> None:
        problems = store.problems(self.store)
        self.assertTrue(any(text in problem for problem in problems), problems)

    def test_a_changed_bit(self) -> None:
        content = bytearray(self.blob.read_bytes())
        content[-1] ^= 1
        self.blob.write_bytes(content)
        self.found("is not what its name says")

    def test_a_missing_blob(self) -> None:
        self.blob.unlink()
        self.found("is not there")

    def test_a_blob_too_many(self) -> None:
        (self.store / "blobs/sha256" / hashlib.sha256(b"x").hexdigest()).write_bytes(b"x")
        self.found("is no snapshot's")
        self.assertEqual(store.problems(self.store, gathered=False), [])

    def test_a_document_too_many(self) -> None:
        (self.store / "snapshots" / f"{hashlib.sha256(b'x').hexdigest()}.json").write_bytes(b"x")
        self.found("is no snapshot's")

    def test_a_missing_document(self) -> None:
        shutil.rmtree(self.store / "snapshots")
        self.found("the document of")

    def test_a_transaction_and_other_files(self) -> None:
        (self.store / "tmp/transaction").mkdir()
        (self.store / "stamps/replay").mkdir(parents=True)
        (self.store / "core").touch()
        for text in ("left in tmp: transaction", "left in the store: stamps", "left in the store: core"):
            self.found(text)

    def test_an_empty_folder_of_replays_is_fine(self) -> None:
        (self.store / "stamps").mkdir()
        self.assertEqual(store.problems(self.store), [])

    def test_a_row_that_refers_to_none(self) -> None:
        with sqlite3.connect(self.store / "catalogue.sqlite") as catalogue:
            catalogue.execute("DELETE FROM blob WHERE number = 1")
        catalogue.close()
        self.found("refers to none")

    def test_a_damaged_catalogue(self) -> None:
        with (self.store / "catalogue.sqlite").open("r+b") as file:
            file.seek(os.path.getsize(file.name) - 4096)
            file.write(bytes(range(256)) * 16)
        self.assertNotEqual(store.problems(self.store), [])
