# SPDX-License-Identifier: Apache-2.0
"""The fidelity scoreboard: captures, replays and compares a family of environments.

It shares no code with envsnap: it reads engines, files and processes by itself, so that a mistake
in envsnap cannot hide itself.
"""
