// SPDX-License-Identifier: Apache-2.0

import Glibc
import JSONTree

/// One connection to a fake engine, on a thread of its own.
///
/// `dial-stdio` in a host becomes, after `101`, a connection to the engine inside, whose answers go out in stdcopy
/// frames. Any other command in a host ends at once with status 127, as where the program is not there.
struct FakeConnection {
    let socket: Int32
    let engine: FakeEngine

    private static let upgraded = Array(
        "HTTP/1.1 101 UPGRADED\r\nConnection: Upgrade\r\nUpgrade: tcp\r\n\r\n".utf8)

    func serve() {
        defer { _ = close(socket) }
        var current = engine
        var depth = 0
        var unread: [UInt8] = []
        while let request = nextRequest(&unread) {
            if request.method == "POST", let host = host(ofExecIn: request.path, on: current) {
                let kind = request.json["Cmd"].strings.contains("dial-stdio") ? "exec-" : "none-"
                send(.json(["Id": .string(kind + host)]), depth)
            } else if request.method == "GET", request.path.hasPrefix("/exec/none-") {
                send(.json(["Running": false, "ExitCode": 127]), depth)
            } else if request.path.hasPrefix("/exec/none-") {
                return write(Self.upgraded, depth)
            } else if let host = host(ofStart: request.path), let inner = current.nested[host] {
                write(Self.upgraded, depth)
                current = inner
                depth += 1
            } else {
                send(current.answer(request), depth, isHead: request.method == "HEAD")
            }
        }
    }

    private func host(ofExecIn path: String, on engine: FakeEngine) -> String? {
        let parts = path.split(separator: "/").map(String.init)
        guard parts.count == 3, parts[0] == "containers", parts[2] == "exec", engine.nested[parts[1]] != nil else {
            return nil
        }
        return parts[1]
    }

    private func host(ofStart path: String) -> String? {
        let parts = path.split(separator: "/").map(String.init)
        guard parts.count == 3, parts[0] == "exec", parts[2] == "start", parts[1].hasPrefix("exec-") else { return nil }
        return String(parts[1].dropFirst("exec-".count))
    }

    private func send(_ answer: FakeAnswer, _ depth: Int, isHead: Bool = false) {
        var text = "HTTP/1.1 \(answer.status) X\r\nContent-Type: application/json\r\n"
        for (name, value) in answer.headers { text += "\(name): \(value)\r\n" }
        if answer.status != 204 { text += "Content-Length: \(answer.body.count)\r\n" }
        write(Array((text + "\r\n").utf8) + (isHead ? [] : answer.body), depth)
    }

    private func write(_ bytes: [UInt8], _ depth: Int) {
        var framed = bytes
        for _ in 0..<depth {
            let count = framed.count
            framed = [1, 0, 0, 0] + [24, 16, 8, 0].map { UInt8(truncatingIfNeeded: count >> $0) } + framed
        }
        var rest = framed[...]
        while !rest.isEmpty {
            let count = rest.withUnsafeBytes {
                Glibc.send(socket, $0.baseAddress, $0.count, Int32(MSG_NOSIGNAL))
            }
            guard count > 0 else { return }
            rest = rest.dropFirst(count)
        }
    }

    private func nextRequest(_ unread: inout [UInt8]) -> FakeRequest? {
        while true {
            if let request = parse(&unread) { return request }
            var buffer = [UInt8](repeating: 0, count: 1 << 16)
            let count = read(socket, &buffer, buffer.count)
            guard count > 0 else { return nil }
            unread += buffer[..<count]
        }
    }

    private func parse(_ unread: inout [UInt8]) -> FakeRequest? {
        guard let end = unread.firstRange(of: Array("\r\n\r\n".utf8)) else { return nil }
        let lines = String(decoding: unread[..<end.lowerBound], as: UTF8.self).split(separator: "\r\n")
        let words = lines[0].split(separator: " ").map(String.init)
        let headers = lines.dropFirst().map { $0.lowercased() }
        var rest = unread[end.upperBound...]
        let body: [UInt8]
        if headers.contains("transfer-encoding: chunked") {
            guard let chunks = takeChunks(&rest) else { return nil }
            body = chunks
        } else {
            let header = headers.first { $0.hasPrefix("content-length:") }
            let length = header.flatMap { Int($0.split(separator: " ").last ?? "") } ?? 0
            guard rest.count >= length else { return nil }
            body = Array(rest.prefix(length))
            rest = rest.dropFirst(length)
        }
        unread = Array(rest)
        return FakeRequest(method: words[0], target: words[1], body: body)
    }

    private func takeChunks(_ rest: inout ArraySlice<UInt8>) -> [UInt8]? {
        var body: [UInt8] = []
        var cursor = rest
        while let line = cursor.firstRange(of: Array("\r\n".utf8)) {
            guard let size = Int(String(decoding: cursor[..<line.lowerBound], as: UTF8.self), radix: 16),
                cursor.endIndex >= line.upperBound + size + 2
            else { return nil }
            body += cursor[line.upperBound..<line.upperBound + size]
            cursor = cursor[(line.upperBound + size + 2)...]
            if size == 0 {
                rest = cursor
                return body
            }
        }
        return nil
    }
}
