// SPDX-License-Identifier: Apache-2.0

import NIOCore
import Testing

@testable import DockerEngine

@Suite("Frames of a multiplexed stream")
struct StdcopyDecoderTests {
    private static let stream =
        PeerConnection.framed(Array("hello ".utf8)) + PeerConnection.framed([], stream: 1)
        + PeerConnection.framed(Array("oh no".utf8), stream: 2) + PeerConnection.framed(Array("world".utf8))

    private func decode(_ pieces: [ArraySlice<UInt8>]) throws -> (out: String, err: String, atEnd: Bool) {
        var decoder = StdcopyDecoder()
        var out: [UInt8] = []
        var err: [UInt8] = []
        for piece in pieces {
            decoder.append(ByteBuffer(bytes: piece))
            while let (kind, bytes) = try decoder.next() {
                if kind == .stderr { err += bytes.readableBytesView } else { out += bytes.readableBytesView }
            }
        }
        return (String(decoding: out, as: UTF8.self), String(decoding: err, as: UTF8.self), decoder.isAtFrameEnd)
    }

    @Test("the same wherever it is split")
    func splits() throws {
        for split in 0...Self.stream.count {
            let (out, err, atEnd) = try decode([Self.stream[..<split], Self.stream[split...]])
            #expect(out == "hello world")
            #expect(err == "oh no")
            #expect(atEnd)
        }
        #expect(try decode(Self.stream.indices.map { Self.stream[$0...$0] }).out == "hello world")
    }

    @Test("a cut within a frame shows")
    func cuts() throws {
        let ends = [0, 14, 22, 35, 48]
        for cut in 0...Self.stream.count {
            #expect(try decode([Self.stream[..<cut]]).atEnd == ends.contains(cut))
        }
    }

    @Test("output of a terminal is told from frames")
    func terminal() {
        let fault = StdcopyFault.notAFrame(header: Array("total 12".utf8))
        #expect(throws: fault) { try decode([Array("total 12\r\ndrwx".utf8)[...]]) }
        #expect(fault.description.contains("Tty"))
    }

    @Test("bad headers are refused", arguments: [[4, 0, 0, 0, 0, 0, 0, 1], [1, 1, 0, 0, 0, 0, 0, 1]])
    func badHeader(header: [UInt8]) {
        #expect(throws: StdcopyFault.notAFrame(header: header)) { try decode([header[...]]) }
    }

    @Test("an absurd length is refused, the longest allowed is not")
    func lengths() throws {
        #expect(throws: StdcopyFault.tooLong(0x0400_0001)) { try decode([[1, 0, 0, 0, 4, 0, 0, 1]]) }
        #expect(try decode([[1, 0, 0, 0, 4, 0, 0, 0, 65]]).out == "A")
    }
}
