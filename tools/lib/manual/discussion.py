# SPDX-License-Identifier: Apache-2.0
"""The parts of a command's discussion: paragraphs, examples and exit statuses."""

import re


class Discussion:
    def __init__(self, text):
        self.paragraphs, self.examples, self.statuses, self.status_text = [], [], [], ""
        for block in re.split(r"\n\s*\n", (text or "").strip("\n")):
            lines = block.split("\n")
            if lines[0].strip() == "EXAMPLES":
                self.examples += [line[2:] if line.startswith("  ") else line for line in lines[1:]]
            elif lines[0].strip() == "EXIT STATUS":
                for line in lines[1:]:
                    number, meaning = line.split(None, 1)
                    if number.isdigit():
                        self.statuses.append((int(number), meaning))
                    else:
                        # What is said of all of them, such as that they are a command's own.
                        self.status_text = f"{self.status_text} {line.strip()}".strip()
            elif block.strip():
                self.paragraphs.append(" ".join(block.split()))
