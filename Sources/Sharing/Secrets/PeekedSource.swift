// SPDX-License-Identifier: Apache-2.0

import Archive

/// A source whose first bytes were looked at.
enum PeekedSource {
    /// The first bytes, as many as there are of those that were asked for, and a source that gives all.
    static func peek(_ count: Int, of source: @escaping ByteSource) throws -> (head: [UInt8], whole: ByteSource) {
        var head = [UInt8](repeating: 0, count: count)
        var taken = 0
        while taken < count {
            let read = try head.withUnsafeMutableBytes {
                try source(UnsafeMutableRawBufferPointer(rebasing: $0[taken...]))
            }
            if read == 0 { break }
            taken += read
        }
        head = Array(head[..<taken])
        var pending = head[...]
        let whole: ByteSource = { buffer in
            guard !pending.isEmpty else { return try source(buffer) }
            let portion = pending.prefix(buffer.count)
            pending = pending.dropFirst(portion.count)
            buffer.copyBytes(from: portion)
            return portion.count
        }
        return (head, whole)
    }
}
