// SPDX-License-Identifier: Apache-2.0

import NIOCore

/// A request as the scripted engine saw it.
struct PeerRequest: Sendable {
    var method = ""
    var target = ""
    var headers: [String: String] = [:]
    var content: [UInt8] = []

    /// Takes a request off the front of a buffer; nil, and the buffer untouched, where it is not whole.
    init?(parsing buffer: inout ByteBuffer) {
        let text = Array(buffer.readableBytesView)
        guard let end = text.firstRange(of: Array("\r\n\r\n".utf8)) else { return nil }
        let lines = String(decoding: text[..<end.lowerBound], as: UTF8.self).split(separator: "\r\n")
        let words = lines[0].split(separator: " ")
        method = String(words[0])
        target = String(words[1])
        for line in lines.dropFirst() {
            let parts = line.split(separator: ":", maxSplits: 1)
            headers[parts[0].lowercased()] = parts[1].drop { $0 == " " }.description
        }
        var rest = text[end.upperBound...]
        if headers["transfer-encoding"] == "chunked" {
            while true {
                guard let line = rest.firstRange(of: Array("\r\n".utf8)),
                    let size = Int(String(decoding: rest[..<line.lowerBound], as: UTF8.self), radix: 16),
                    rest.endIndex >= line.upperBound + size + 2
                else { return nil }
                content += rest[line.upperBound..<line.upperBound + size]
                rest = rest[(line.upperBound + size + 2)...]
                if size == 0 { break }
            }
        } else {
            let length = headers["content-length"].flatMap { Int($0) } ?? 0
            guard rest.count >= length else { return nil }
            content = Array(rest.prefix(length))
            rest = rest.dropFirst(length)
        }
        buffer = ByteBuffer(bytes: rest)
    }

    /// The content as text.
    var text: String { String(decoding: content, as: UTF8.self) }
}
