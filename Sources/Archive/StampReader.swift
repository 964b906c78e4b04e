// SPDX-License-Identifier: Apache-2.0

/// Reads the stamps of a tree one after the other.
///
/// Each is the length of its path in two bytes, the path and the stamp; a length of 0xFFFF ends the file, so that one that
/// was cut is recognised.
struct StampReader {
    static let header = Array("envsnap stamps 1\n".utf8)
    static let end: [UInt8] = [0xFF, 0xFF]

    private let source: ByteSource
    private var buffer: [UInt8] = []
    private var position = 0

    /// The stamp that comes next; nil at the end.
    private(set) var next: (path: [UInt8], stamp: PathStamp)?

    /// - Throws: `ArchiveError` where these are no stamps.
    init(_ source: @escaping ByteSource) throws {
        self.source = source
        guard try take(Self.header.count).elementsEqual(Self.header) else { throw Self.damaged }
        try advance()
    }

    /// Goes on to the next stamp.
    mutating func advance() throws {
        let length = try take(2).reversed().reduce(0) { $0 << 8 | Int($1) }
        guard length != 0xFFFF else {
            next = nil
            return
        }
        let path = Array(try take(length))
        next = (path, PathStamp(try take(PathStamp.size)))
    }

    private mutating func take(_ count: Int) throws -> ArraySlice<UInt8> {
        while buffer.count - position < count {
            buffer.removeFirst(position)
            position = 0
            let old = buffer.count
            buffer += [UInt8](repeating: 0, count: 1 << 16)
            let source = source
            let read = try buffer.withUnsafeMutableBytes {
                try source(UnsafeMutableRawBufferPointer(rebasing: $0[old...]))
            }
            buffer.removeLast(buffer.count - old - read)
            guard read > 0 else { throw Self.damaged }
        }
        defer { position += count }
        return buffer[position..<position + count]
    }

    private static var damaged: ArchiveError {
        ArchiveError(.damaged, "the stamps of a tree are damaged")
    }
}
