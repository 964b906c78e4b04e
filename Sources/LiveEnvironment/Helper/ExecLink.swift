// SPDX-License-Identifier: Apache-2.0
import DockerEngine
import Synchronization

/// A link to a helper that runs as a command in a container; what it writes to standard error is kept.
final class ExecLink: HelperLink {
    private let session: ExecSession
    private let said = Mutex<[UInt8]>([])

    init(_ session: ExecSession) { self.session = session }

    var words: String {
        String(decoding: said.withLock { $0 }, as: UTF8.self).split(whereSeparator: \.isNewline).joined(separator: "; ")
    }

    func send(_ bytes: [UInt8]) async throws { try await session.write(bytes) }

    func receive() async throws -> [UInt8]? {
        var chunks = session.output.makeAsyncIterator()
        while let chunk = try await chunks.next() {
            if chunk.stream == .stdout { return chunk.bytes }
            said.withLock { $0 += chunk.bytes.prefix(8192 - $0.count) }
        }
        return nil
    }

    func close() async { await session.close() }
}
