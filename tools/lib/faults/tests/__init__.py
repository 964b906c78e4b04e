# SPDX-License-Identifier: Apache-2.0
"""The scoreboard of faults: kills, errors, power losses, full disks and damage, and what is left after each."""
