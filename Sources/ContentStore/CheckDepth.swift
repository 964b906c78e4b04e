// SPDX-License-Identifier: Apache-2.0

/// How far a check of a blob goes.
public enum CheckDepth: Hashable, Sendable {
    /// It is there and has the expected size.
    case size
    /// All its bytes are read and hashed.
    case data
}
