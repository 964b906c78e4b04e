// SPDX-License-Identifier: Apache-2.0

import Archive

/// Says whether any of many secrets is in a stream, in any of the ways in which they are written.
struct SecretSearch: Sendable {
    private let patterns: PatternSet

    /// A search for secrets, and for other bytes that must not be there either.
    init(_ values: some Collection<[UInt8]>, and others: [[UInt8]] = []) {
        patterns = PatternSet(SecretForms(of: values).all.map(\.pattern) + others)
    }

    /// Whether there is any in some bytes.
    func finds(_ bytes: [UInt8]) -> Bool { patterns.first(in: bytes) != nil }

    /// Whether there is any in JSON, as it is written and as it is meant.
    func findsInJSON(_ text: [UInt8]) -> Bool {
        finds(text) || JSONLiterals.escaped(in: text).contains { finds(SecretWriting.escaped.read(text[$0])) }
    }

    /// Whether there is any in what a source gives; it is read to its end either way.
    func finds(in source: ByteSource, _ cancellation: Cancellation) throws -> Bool {
        let portion = 1 << 18
        let overlap = max(0, patterns.longest - 1)
        var buffer = [UInt8](repeating: 0, count: overlap + portion)
        var (kept, isFound) = (0, false)
        while true {
            try cancellation.check()
            let count = try buffer.withUnsafeMutableBytes {
                try source(UnsafeMutableRawBufferPointer(rebasing: $0[kept..<kept + portion]))
            }
            if count == 0 { return isFound }
            let end = kept + count
            if !isFound {
                isFound = buffer.withUnsafeBytes {
                    patterns.next(in: UnsafeRawBufferPointer(rebasing: $0[..<end]), from: 0) != nil
                }
            }
            let rest = min(overlap, end)
            buffer.withUnsafeMutableBytes { memory in
                memory.copyMemory(from: UnsafeRawBufferPointer(rebasing: memory[(end - rest)..<end]))
            }
            kept = rest
        }
    }
}
