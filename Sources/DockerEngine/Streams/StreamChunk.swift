// SPDX-License-Identifier: Apache-2.0

/// A piece of what a process wrote.
public struct StreamChunk: Sendable, Hashable {
    /// Where a process writes to.
    public enum Stream: Sendable, Hashable {
        /// Standard output, or a terminal.
        case stdout
        /// Standard error.
        case stderr
    }

    /// Where it was written.
    public let stream: Stream
    /// What was written.
    public let bytes: [UInt8]

    /// A piece of output.
    public init(_ stream: Stream, _ bytes: [UInt8]) {
        self.stream = stream
        self.bytes = bytes
    }
}
