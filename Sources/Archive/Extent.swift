// SPDX-License-Identifier: Apache-2.0

/// A run of data in a sparse file.
public struct Extent: Sendable, Hashable {
    /// Where the data begins.
    public let offset: Int64
    /// How many bytes there are.
    public let length: Int64

    /// The offset after the last byte.
    public var end: Int64 { offset + length }

    /// A run of data.
    public init(offset: Int64, length: Int64) {
        self.offset = offset
        self.length = length
    }
}
