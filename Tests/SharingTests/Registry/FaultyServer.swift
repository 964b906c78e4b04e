// SPDX-License-Identifier: Apache-2.0

import Dispatch
import Foundation
import Synchronization

/// A server before a real registry that answers some requests itself, and breaks others.
///
/// It does what no registry does on demand. Every request has a connection of its own.
final class FaultyServer: Sendable {
    /// What happens to a request.
    enum Action: Sendable {
        /// It goes to the real registry.
        case pass
        /// It is answered here, with this status line, these headers and this body.
        case answer(String, headers: [String] = [], body: [UInt8] = [])
        /// Its body is cut after so many bytes.
        case cutRequest(after: Int)
        /// The answer is cut after so many bytes, its head among them.
        case cutAnswer(after: Int)
        /// The answer's body is replaced.
        case replaceBody(@Sendable ([UInt8]) -> [UInt8])
        /// The head of an answer comes, and then bytes without end.
        case endless
        /// Nothing comes.
        case silence
    }

    /// A request's first line and headers.
    struct Request: Sendable {
        let method: String
        let path: String
        let headers: [String: String]
    }

    let port: UInt16
    private let socket: LoopbackSocket
    private let upstream: UInt16?
    private let rule: @Sendable (Request) -> Action
    private let seen = Mutex<[Request]>([])
    private let isOver = Mutex(false)

    /// A server that asks the rule about each request.
    init(before upstream: UInt16?, _ rule: @escaping @Sendable (Request) -> Action) throws {
        (socket, port) = try LoopbackSocket.listening()
        self.upstream = upstream
        self.rule = rule
        let queue = DispatchQueue(label: "faulty", attributes: .concurrent)
        queue.async { [self] in
            while let connection = socket.accepted() {
                queue.async { [self] in
                    serve(connection)
                    connection.close()
                }
            }
            // Not before: another socket would get the number, and this loop its connections.
            socket.close()
        }
    }

    /// Takes no connection any more.
    func stop() {
        isOver.withLock { $0 = true }
        socket.shutdown()
    }

    /// The requests so far.
    var requests: [Request] { seen.withLock { $0 } }

    /// Those of a method whose path has a text in it.
    func requests(_ method: String, _ text: String = "") -> [Request] {
        requests.filter { $0.method == method && ($0.path.contains(text) || text.isEmpty) }
    }

    private func serve(_ client: LoopbackSocket) {
        var bytes: [UInt8] = []
        while bytes.count < 1 << 16, Self.endOfHead(bytes) == nil {
            let more = client.read()
            // A TLS handshake: whoever sees that nobody speaks it goes on without.
            if more.isEmpty || (bytes + more)[0] == 0x16 { return }
            bytes += more
        }
        guard let end = Self.endOfHead(bytes) else { return }
        let lines = String(decoding: bytes[..<end], as: UTF8.self).components(separatedBy: "\r\n")
        let words = lines[0].split(separator: " ")
        guard words.count == 3 else { return }
        var headers: [String: String] = [:]
        for line in lines.dropFirst() {
            let parts = line.split(separator: ":", maxSplits: 1)
            if parts.count == 2 { headers[parts[0].lowercased()] = parts[1].trimmingCharacters(in: .whitespaces) }
        }
        let request = Request(method: String(words[0]), path: String(words[1]), headers: headers)
        seen.withLock { $0.append(request) }
        let body = Array(bytes[(end + 4)...])
        let head =
            Array(([lines[0], "Connection: close"] + lines.dropFirst()).joined(separator: "\r\n").utf8)
            + Array("\r\n\r\n".utf8)
        let length = Int(headers["content-length"] ?? "0") ?? 0
        switch rule(request) {
        case .pass: forward(client, head, body, length, request: .max, answer: .max)
        case .cutRequest(let count): forward(client, head, body, length, request: count, answer: .max)
        case .cutAnswer(let count): forward(client, head, body, length, request: .max, answer: count)
        case .replaceBody(let replace): replaceBody(client, head, body, length, replace)
        case .silence: while !isOver.withLock({ $0 }), !client.read().isEmpty {}
        case .endless:
            client.write(Array("HTTP/1.1 200 OK\r\nConnection: close\r\n\r\n".utf8))
            while client.write([UInt8](repeating: 0x20, count: 1 << 16)), !isOver.withLock({ $0 }) {}
        case .answer(let status, let headers, let answer):
            drain(client, length - body.count)
            let lines = ["HTTP/1.1 \(status)", "Content-Length: \(answer.count)", "Connection: close"] + headers
            client.write(Array((lines.joined(separator: "\r\n") + "\r\n\r\n").utf8))
            if request.method != "HEAD" { client.write(answer) }
            linger(client)
        }
    }

    private func forward(
        _ client: LoopbackSocket, _ head: [UInt8], _ body: [UInt8], _ length: Int, request limit: Int, answer: Int
    ) {
        guard let upstream, let server = try? LoopbackSocket.connected(to: upstream) else { return }
        defer { server.close() }
        let first = body.prefix(limit)
        guard server.write(head + first) else { return }
        var sent = first.count
        while sent < min(length, limit) {
            let bytes = client.read(min(65536, min(length, limit) - sent))
            if bytes.isEmpty { return server.shutdown() }
            guard server.write(bytes) else { break }
            sent += bytes.count
        }
        if sent < length, sent >= limit { return server.shutdown() }
        var answered = 0
        while answered < answer {
            let bytes = server.read(min(65536, answer - answered))
            if bytes.isEmpty { break }
            guard client.write(bytes) else { return }
            answered += bytes.count
        }
        if answered < answer { linger(client) }
    }

    private func replaceBody(
        _ client: LoopbackSocket, _ head: [UInt8], _ body: [UInt8], _ length: Int, _ replace: ([UInt8]) -> [UInt8]
    ) {
        guard let upstream, let server = try? LoopbackSocket.connected(to: upstream) else { return }
        defer { server.close() }
        server.write(head + body)
        var answer: [UInt8] = []
        while case let bytes = server.read(), !bytes.isEmpty { answer += bytes }
        guard let end = Self.endOfHead(answer) else { return }
        let replaced = replace(Array(answer[(end + 4)...]))
        let lines =
            String(decoding: answer[..<end], as: UTF8.self).components(separatedBy: "\r\n")
            .filter { !$0.lowercased().hasPrefix("content-length") } + ["Content-Length: \(replaced.count)"]
        client.write(Array((lines.joined(separator: "\r\n") + "\r\n\r\n").utf8) + replaced)
        linger(client)
    }

    private func drain(_ client: LoopbackSocket, _ count: Int) {
        var rest = count
        while rest > 0, case let bytes = client.read(min(65536, rest)), !bytes.isEmpty { rest -= bytes.count }
    }

    /// Closes only after the client has read all, so that no reset overtakes the answer.
    private func linger(_ client: LoopbackSocket) {
        _ = shutdown(client.descriptor, Int32(SHUT_WR))
        while !client.read().isEmpty {}
    }

    private static func endOfHead(_ bytes: [UInt8]) -> Int? {
        let mark = Array("\r\n\r\n".utf8)
        guard bytes.count >= 4 else { return nil }
        return (0...(bytes.count - 4)).first { Array(bytes[$0..<($0 + 4)]) == mark }
    }
}

/// Counts calls, for rules that break the first so many.
final class Counter: Sendable {
    private let count = Mutex(0)
    /// The number of this call, from 1.
    func next() -> Int {
        count.withLock {
            $0 += 1
            return $0
        }
    }
}

/// Counts how often each token was used.
final class Uses: Sendable {
    private let counts = Mutex<[String: Int]>([:])
    /// The number of this use, from 1.
    func count(_ token: String) -> Int {
        counts.withLock {
            $0[token, default: 0] += 1
            return $0[token] ?? 0
        }
    }
}
