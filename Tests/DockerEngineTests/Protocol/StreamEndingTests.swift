// SPDX-License-Identifier: Apache-2.0

import NIOCore
import Testing

@testable import DockerEngine

@Suite("The end of a tar from an engine")
struct StreamEndingTests {
    private func fault(_ bytes: [UInt8], piece: Int = 100) -> EngineError? {
        var watch = EndingWatch(.tar)
        for start in stride(from: 0, to: bytes.count, by: piece) {
            watch.see(ByteBuffer(bytes: bytes[start..<min(bytes.count, start + piece)]))
        }
        return watch.fault()
    }

    private let member = [UInt8](repeating: 65, count: 512)
    private let zeros = [UInt8](repeating: 0, count: 1024)

    @Test("two blocks of zeros are a good end, in pieces of any size", arguments: [1, 511, 1024, 5000])
    func good(piece: Int) { #expect(fault(member + zeros, piece: piece) == nil) }

    @Test("less is not")
    func short() {
        #expect(fault(member)?.code == .cutStream)
        #expect(fault(member + zeros.dropLast())?.code == .cutStream)
        #expect(fault([])?.code == .cutStream)
    }

    @Test(
        "an error written behind the archive is found",
        arguments: [
            #"{"errorDetail":{"message":"disk broke"},"error":"disk broke"}"# + "\r\n",
            #"{"message":"disk broke"}"# + "\n",
        ])
    func appended(text: String) {
        for before in [member, member + zeros, zeros] {
            let error = fault(before + Array(text.utf8))
            #expect(error?.code == .engineFailure || before == member)
            #expect(error != nil)
            if error?.code == .engineFailure { #expect(error?.message.contains("disk broke") == true) }
        }
    }

    @Test("any end will do where none is asked for")
    func any() {
        var watch = EndingWatch(.any)
        watch.see(ByteBuffer(bytes: member))
        #expect(watch.fault() == nil)
    }
}
