// SPDX-License-Identifier: Apache-2.0

/// What a check found of a blob.
public enum BlobState: Hashable, Sendable {
    /// The blob is there and as its name says, as far as the check went.
    case intact(size: Int64)
    /// There is no such blob.
    case missing
    /// The bytes are not those that the name says; the text says why.
    case damaged(String)
}
