# SPDX-License-Identifier: Apache-2.0
"""Runs the commands of the manual, and holds what they print against what it says."""
