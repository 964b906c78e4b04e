// SPDX-License-Identifier: Apache-2.0

import NIOCore

/// Takes the frames of a multiplexed stream apart, wherever it is cut; a value without I/O.
///
/// A frame is a byte for the stream, three zeros, the length in four bytes, big-endian, and the payload:
/// https://docs.docker.com/reference/api/engine/version/v1.51/#tag/Container/operation/ContainerAttach
struct StdcopyDecoder {
    /// The stream of a frame, by its number on the wire.
    enum Kind: UInt8 {
        case stdin, stdout, stderr
        /// A message of the engine itself (moby's `stdcopy.Systemerr`).
        case engine
    }

    /// Longer frames are refused: engines write at most some 32 KB at a time.
    static let lengthLimit = 64 << 20

    private var unread = ByteBuffer()
    private var kind = Kind.stdout
    private var left = 0

    /// Takes bytes from the peer.
    mutating func append(_ bytes: ByteBuffer) {
        if unread.readableBytes == 0 {
            unread = bytes
        } else {
            unread.writeImmutableBuffer(bytes)
        }
    }

    /// Whether the stream may end here: between two frames.
    var isAtFrameEnd: Bool { left == 0 && unread.readableBytes == 0 }

    /// A piece of a frame's payload, or nil where more bytes are needed.
    mutating func next() throws(StdcopyFault) -> (kind: Kind, bytes: ByteBuffer)? {
        while left == 0 {
            guard let header = unread.getBytes(at: unread.readerIndex, length: 8) else { return nil }
            guard let kind = Kind(rawValue: header[0]), header[1...3].allSatisfy({ $0 == 0 }) else {
                throw .notAFrame(header: header)
            }
            let length = header[4...].reduce(0) { $0 << 8 | Int($1) }
            guard length <= Self.lengthLimit else { throw .tooLong(length) }
            unread.moveReaderIndex(forwardBy: 8)
            self.kind = kind
            left = length
        }
        guard let piece = unread.readSlice(length: min(left, unread.readableBytes)), piece.readableBytes > 0
        else { return nil }
        left -= piece.readableBytes
        return (kind, piece)
    }
}
