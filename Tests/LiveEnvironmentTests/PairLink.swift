// SPDX-License-Identifier: Apache-2.0

import Glibc
import SystemPackage
import TestSupport

@testable import LiveEnvironment

/// A link to a helper that serves within this process, over a pair of sockets.
final class PairLink: HelperLink {
    private let end: FileDescriptor

    init(compresses: Bool) throws {
        // As envsnap does: a link that was closed shows as an error of the write.
        signal(SIGPIPE, SIG_IGN)
        var ends: [CInt] = [0, 0]
        guard socketpair(AF_UNIX, CInt(SOCK_STREAM.rawValue), 0, &ends) == 0 else { throw Errno(rawValue: errno) }
        end = FileDescriptor(rawValue: ends[0])
        let other = FileDescriptor(rawValue: ends[1])
        // It ends with the link.
        Task {
            try? await HelperServer(
                input: other, output: other, program: ExtractionProgram(path: TestedProgram.path),
                compresses: compresses
            ).run()
            try? other.close()
        }
    }

    deinit { try? end.close() }

    var words: String { "" }

    func send(_ bytes: [UInt8]) async throws {
        let end = end
        try await BlockingWork.run {
            var rest = bytes[...]
            while !rest.isEmpty {
                // Without a signal where the other end is gone.
                let count = rest.withUnsafeBytes {
                    Glibc.send(end.rawValue, $0.baseAddress, $0.count, CInt(MSG_NOSIGNAL))
                }
                guard count > 0 else { throw Errno(rawValue: errno) }
                rest = rest.dropFirst(count)
            }
        }
    }

    func receive() async throws -> [UInt8]? {
        let end = end
        return try await BlockingWork.run {
            var bytes = [UInt8](repeating: 0, count: 1 << 16)
            let count = try bytes.withUnsafeMutableBytes { try end.read(into: $0) }
            return count > 0 ? Array(bytes[..<count]) : nil
        }
    }

    func close() async { shutdown(end.rawValue, CInt(SHUT_RDWR)) }
}
