// SPDX-License-Identifier: Apache-2.0

import Archive

/// An input taken apart: small numbers that choose between ways, then the bytes that a parser reads.
struct Input {
    private(set) var rest: ArraySlice<UInt8>

    init(_ bytes: [UInt8]) { rest = bytes[...] }

    /// The next byte as a number below a bound; 0 where there is none.
    mutating func choice(below bound: Int) -> Int { Int(rest.popFirst() ?? 0) % bound }

    /// The rest in pieces of so many bytes.
    func pieces(of size: Int) -> [[UInt8]] {
        var left = rest
        var pieces: [[UInt8]] = []
        while !left.isEmpty {
            pieces.append(Array(left.prefix(size)))
            left = left.dropFirst(size)
        }
        return pieces
    }

    /// A source of bytes, in pieces of at most so many.
    static func source(_ bytes: some Collection<UInt8>, pieces: Int = .max) -> ByteSource {
        var left = Array(bytes)[...]
        return { buffer in
            let portion = left.prefix(min(buffer.count, pieces))
            left = left.dropFirst(portion.count)
            buffer.copyBytes(from: portion)
            return portion.count
        }
    }

    /// Everything that a reader gives, up to a limit.
    static func readAll(limit: Int, _ read: (UnsafeMutableRawBufferPointer) throws -> Int) throws -> [UInt8] {
        var content: [UInt8] = []
        var buffer = [UInt8](repeating: 0, count: 64 << 10)
        while content.count < limit {
            let count = try buffer.withUnsafeMutableBytes { try read($0) }
            try hold(count >= 0 && count <= buffer.count, "a reader gave \(count) bytes")
            guard count > 0 else { break }
            content += buffer[..<count]
        }
        return content
    }
}
