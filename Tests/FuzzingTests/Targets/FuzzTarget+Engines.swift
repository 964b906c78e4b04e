// SPDX-License-Identifier: Apache-2.0

import JSONTree
import NIOCore

@testable import DockerEngine

extension FuzzTarget {
    private static let methods: [HTTPMethod] = [.get, .head, .post]

    /// An engine's HTTP: however it is cut, the same is read.
    static let http = FuzzTarget(name: "http") { bytes in
        var input = Input(bytes)
        let method = Self.methods[input.choice(below: 3)]
        let size = input.choice(below: 32) + 1
        let whole = Answer(method, [Array(input.rest)])
        let cut = Answer(method, input.pieces(of: size))
        try hold(whole == cut, "cut into pieces of \(size) bytes it is another answer")
        _ = try attempt { try LoadProgress.values(in: whole.body) }
        var watch = EndingWatch(.tar)
        for piece in input.pieces(of: 700) { watch.see(ByteBuffer(bytes: piece)) }
        _ = watch.fault()
        _ = TunnelDiagnosis(text: String(decoding: input.rest, as: UTF8.self), exitCode: size).code
    }

    /// The frames of a process's output: however they are cut, the same is read.
    static let stdcopy = FuzzTarget(name: "stdcopy") { bytes in
        var input = Input(bytes)
        let size = input.choice(below: 32) + 1
        let whole = Output([Array(input.rest)])
        try hold(whole == Output(input.pieces(of: size)), "cut into pieces of \(size) bytes it is another output")
    }
}

/// What is read of an answer.
private struct Answer: Equatable {
    var heads: [String] = []
    var body: [UInt8] = []
    var fault: String?
    var isComplete = false

    init(_ method: HTTPMethod, _ pieces: [[UInt8]]) {
        var parser = HTTPResponseParser(method: method)
        do throws(HTTPFault) {
            for piece in pieces {
                parser.append(ByteBuffer(bytes: piece))
                while let event = try parser.next() {
                    switch event {
                    case .head(let head):
                        heads.append("\(head.status) \(head.keepsAlive) \(head.headers)")
                    case .body(let bytes): body += bytes.readableBytesView
                    case .end: isComplete = true
                    }
                }
            }
            try parser.finish()
        } catch {
            // What stands where HTTP should is quoted as far as it has come.
            if case .notHTTP = error { fault = "notHTTP" } else { fault = "\(error)" }
        }
    }
}

/// What is read of framed output.
private struct Output: Equatable {
    var streams: [UInt8: [UInt8]] = [:]
    var fault: String?
    var isAtEnd: Bool

    init(_ pieces: [[UInt8]]) {
        var decoder = StdcopyDecoder()
        do throws(StdcopyFault) {
            for piece in pieces {
                decoder.append(ByteBuffer(bytes: piece))
                while let (kind, bytes) = try decoder.next() {
                    streams[kind.rawValue, default: []] += bytes.readableBytesView
                }
            }
        } catch { fault = "\(error)" }
        isAtEnd = decoder.isAtFrameEnd
    }
}
