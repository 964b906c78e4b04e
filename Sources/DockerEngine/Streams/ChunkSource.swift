// SPDX-License-Identifier: Apache-2.0

import NIOCore

/// Bytes on their way from an engine, for one reader.
protocol ChunkSource: AnyObject, Sendable {
    /// The next bytes; nil only when all there were have come.
    func next() async throws -> ByteBuffer?
    /// Stops before the end and returns when the connection is closed.
    func close() async
}
