// SPDX-License-Identifier: Apache-2.0

import HTTPTransfer

/// Bytes that are read once from the beginning to the end, and from the beginning again when a part is wanted anew.
final class RewindingSource {
    private let open: () throws -> HTTPRequest.BodySource
    private var source: HTTPRequest.BodySource?
    private var position: Int64 = 0

    init(open: @escaping () throws -> HTTPRequest.BodySource) { self.open = open }

    /// The bytes of a part, one part at a time.
    func part(from offset: Int64, count: Int64) throws -> HTTPRequest.BodySource {
        try seek(offset)
        var rest = count
        return { [self] buffer in
            let read = try read(UnsafeMutableRawBufferPointer(rebasing: buffer.prefix(Int(min(rest, 1 << 30)))))
            rest -= Int64(read)
            return read
        }
    }

    private func seek(_ offset: Int64) throws {
        if source == nil || position > offset { (source, position) = (try open(), 0) }
        var buffer = [UInt8](repeating: 0, count: 1 << 18)
        while position < offset {
            let wanted = Int(min(offset - position, Int64(buffer.count)))
            let count = try buffer.withUnsafeMutableBytes {
                try read(UnsafeMutableRawBufferPointer(rebasing: $0[..<wanted]))
            }
            guard count > 0 else { return }
        }
    }

    private func read(_ buffer: UnsafeMutableRawBufferPointer) throws -> Int {
        guard !buffer.isEmpty, let source else { return 0 }
        let count = try source(buffer)
        position += Int64(count)
        return count
    }
}
