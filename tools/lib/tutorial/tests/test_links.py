# SPDX-License-Identifier: Apache-2.0
"""Tests of how links are followed."""

from __future__ import annotations

import tempfile
import unittest
from pathlib import Path

from ..links import broken_links

PAGE = """\
# What `envsnap` is, and what not

[there](other.md), [with a heading](other.md#a-heading-with-code), [here](#what-envsnap-is-and-what-not),
[elsewhere](https://example.org/x#y), and `[no](link.md)`.

```
[neither](this.md)
```

[gone](gone.md), [no heading](other.md#b), [not here](#nothing)
"""


class LinkTests(unittest.TestCase):
    def test_links_that_lead_to_nothing(self) -> None:
        with tempfile.TemporaryDirectory() as folder:
            page = Path(folder) / "page.md"
            page.write_text(PAGE)
            (Path(folder) / "other.md").write_text("## A heading, with `code`\n")
            self.assertEqual([fault.rsplit(" ", 1)[1] for fault in broken_links(page)],
                             ["gone.md", "other.md#b", "#nothing"])
            self.assertTrue(broken_links(page)[0].startswith(f"{page}:10: "))


if __name__ == "__main__":
    unittest.main()
