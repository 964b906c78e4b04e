// SPDX-License-Identifier: Apache-2.0

/// How a blob's bytes are kept in the store.
public enum BlobEncoding: String, Hashable, Sendable, CaseIterable {
    /// As they are.
    case none
    /// Compressed by zstd, RFC 8878.
    case zstd
}
