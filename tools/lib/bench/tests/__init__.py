# SPDX-License-Identifier: Apache-2.0
"""Tests of what the benchmark makes of its figures."""
