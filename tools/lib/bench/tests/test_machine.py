# SPDX-License-Identifier: Apache-2.0
"""What the table of the machine says."""

import tempfile
import unittest
from pathlib import Path

from ..machine import journals


class Journals(unittest.TestCase):
    def test_a_device_is_found_among_the_kernels_journals(self) -> None:
        with tempfile.TemporaryDirectory() as folder:
            (Path(folder) / "loop0-8").mkdir()
            self.assertTrue(journals("loop0", Path(folder)))
            self.assertFalse(journals("loop", Path(folder)))
            self.assertFalse(journals("vda", Path(folder)))


if __name__ == "__main__":
    unittest.main()
