# SPDX-License-Identifier: Apache-2.0
"""Manual pages made from what envsnap says of its commands, in the language of mdoc(7)."""
