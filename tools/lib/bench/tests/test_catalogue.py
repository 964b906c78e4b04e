# SPDX-License-Identifier: Apache-2.0
"""A catalogue that was filled up has what a catalogue has: the ids of documents, and references to blobs."""

import hashlib
import json
import sqlite3
import tempfile
import unittest
from pathlib import Path

from ..rows.catalogue import multiply

SCHEMA = Path(__file__).parents[4] / "schema" / "catalogue.golden.sql"


class CatalogueTests(unittest.TestCase):
    def test_copies_have_rows_documents_and_references(self) -> None:
        with tempfile.TemporaryDirectory() as folder:
            store = Path(folder)
            (store / "snapshots").mkdir()
            document = b'{"formatVersion":1,"name":"original"}'
            identifier = hashlib.sha256(document).hexdigest()
            (store / "snapshots" / f"{identifier}.json").write_bytes(document)
            catalogue = sqlite3.connect(store / "catalogue.sqlite")
            catalogue.execute("pragma foreign_keys = on")
            catalogue.executescript(SCHEMA.read_text())
            catalogue.execute(
                "insert into snapshot (id, name, created_at, project, complete, document_size, host_count, container_count, "
                "volume_count, image_count, raw_size) values (?, 'original', '2026-11-24T00:00:00Z', 'p', 1, ?, 0, 1, 0, 1, 9)",
                (identifier, len(document)))
            catalogue.execute(
                "insert into blob (raw_digest, raw_size, stored_digest, stored_size, encoding) values (?, 1, ?, 1, 'zstd')",
                ("a" * 64, "b" * 64))
            catalogue.execute("insert into snapshot_blob values (1, 1)")
            catalogue.commit()
            multiply(store, 50)
            rows = catalogue.execute("select id, name, document_size from snapshot").fetchall()
            self.assertEqual(len(rows), 50)
            self.assertEqual(catalogue.execute("select count(*) from snapshot_blob").fetchone(), (50,))
            for found, name, size in rows:
                content = (store / "snapshots" / f"{found}.json").read_bytes()
                self.assertEqual((hashlib.sha256(content).hexdigest(), len(content)), (found, size))
                self.assertEqual(json.loads(content)["name"], name)
            catalogue.close()
