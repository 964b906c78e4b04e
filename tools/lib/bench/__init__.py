# SPDX-License-Identifier: Apache-2.0
"""The benchmark: envsnap against the plain way of keeping a reproduction, measured in turns in one run."""
