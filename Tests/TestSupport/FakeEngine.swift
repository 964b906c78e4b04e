// SPDX-License-Identifier: Apache-2.0

public import DockerEngine
import Foundation
import Glibc
import Synchronization

/// An engine made of answers, on a unix socket; it negotiates as a real one does and keeps what it was asked.
public final class FakeEngine: Sendable {
    /// Answers a request; nil stands for 404.
    public typealias Handler = @Sendable (FakeRequest) -> FakeAnswer?

    /// The socket's path.
    public let path: String
    let newest: String
    let oldest: String
    let handler: Handler
    let nested: [String: FakeEngine]
    private let folder: TemporaryFolder
    private let listener: Int32
    private let seen = Mutex<[FakeRequest]>([])
    private let isHung = Mutex(false)

    /// An engine that answers with the handler; containers in `nested` are hosts of other engines.
    public init(
        newest: String = "1.45", oldest: String = "1.24", nested: [String: FakeEngine] = [:],
        handler: @escaping Handler
    ) throws {
        folder = try TemporaryFolder()
        path = folder.path("engine.sock")
        self.newest = newest
        self.oldest = oldest
        self.nested = nested
        self.handler = handler
        listener = try Self.listen(at: path)
        let listener = listener
        Thread.detachNewThread { [weak self] in
            while true {
                let connection = accept(listener, nil, nil)
                guard connection >= 0, let self else { return }
                Thread.detachNewThread { FakeConnection(socket: connection, engine: self).serve() }
            }
        }
    }

    deinit {
        _ = shutdown(listener, Int32(SHUT_RDWR))
        _ = close(listener)
    }

    /// How to reach it.
    public var address: EngineAddress { .unix(path) }

    /// A connection to it.
    public func connect() async throws -> Engine { try await Engine.connect(to: address) }

    /// Everything that it was asked after the negotiation, in order.
    public var requests: [FakeRequest] { seen.withLock { $0 } }

    /// The requests that changed something: `POST /containers/create` and the like.
    public var changes: [FakeRequest] { requests.filter { $0.method != "GET" && $0.method != "HEAD" } }

    /// From now on nothing is answered.
    public func hang() { isHung.withLock { $0 = true } }

    /// From now on everything is answered again, also what was asked meanwhile.
    public func goOn() { isHung.withLock { $0 = false } }

    func answer(_ request: FakeRequest) -> FakeAnswer {
        while isHung.withLock({ $0 }) { usleep(5_000) }
        switch request.path {
        case "/_ping": return FakeAnswer(text: "OK", headers: ["Api-Version": newest])
        case "/version":
            return FakeAnswer(
                text: #"{"ApiVersion":"\#(newest)","MinAPIVersion":"\#(oldest)","Version":"fake"}"#)
        default:
            seen.withLock { $0.append(request) }
            return handler(request) ?? FakeAnswer(status: 404, text: #"{"message":"No such object"}"#)
        }
    }

    private static func listen(at path: String) throws -> Int32 {
        let descriptor = socket(AF_UNIX, Int32(SOCK_STREAM.rawValue), 0)
        var address = sockaddr_un()
        address.sun_family = sa_family_t(AF_UNIX)
        withUnsafeMutableBytes(of: &address.sun_path) { $0.copyBytes(from: path.utf8) }
        let size = socklen_t(MemoryLayout<sockaddr_un>.size)
        let bound = withUnsafePointer(to: &address) {
            $0.withMemoryRebound(to: sockaddr.self, capacity: 1) { bind(descriptor, $0, size) }
        }
        guard bound == 0, Glibc.listen(descriptor, 64) == 0 else {
            throw POSIXError(POSIXErrorCode(rawValue: errno) ?? .EIO)
        }
        return descriptor
    }
}
