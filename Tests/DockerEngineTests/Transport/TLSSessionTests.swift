// SPDX-License-Identifier: Apache-2.0
import CTLS
import Foundation
import NIOCore
import TestSupport
import Testing

@testable import DockerEngine

@Suite("TLS sessions", .enabled(if: FileManager.default.fileExists(atPath: "/usr/bin/openssl")))
struct TLSSessionTests {
    // In TLS 1.3 a server looks at the client's certificate when the client has done with the handshake already.
    @Test("why a server refuses a client is said however late somebody asks")
    func lateRefusal() throws {
        let server = try Server()
        let client = try TLSSession(TLSContext(TLSFiles(verifies: false)), host: "localhost")
        let allocator = ByteBufferAllocator()
        try #require(!(client.shakeHands().isDone), "no server has answered")
        server.exchange(with: client, allocator)
        try #require(client.shakeHands().isDone)
        server.exchange(with: client, allocator)

        for _ in 0..<2 {
            #expect(refusal { _ = try client.read(allocator) }.contains("certificate required"))
            #expect(refusal { try client.write(ByteBuffer(string: "GET /_ping")) }.contains("certificate required"))
        }
    }

    private func refusal(_ body: () throws -> Void) -> String {
        do { try body() } catch TLSFault.failed(let reason) { return reason } catch { return "\(error)" }
        return "no refusal"
    }
}

extension TLSSession.Step {
    fileprivate var isDone: Bool { if case .done = self { true } else { false } }
}

/// The other side of a session in memory, which wants a certificate of its client.
private final class Server {
    private let context: OpaquePointer
    private let session: OpaquePointer
    private let input: OpaquePointer
    private let output: OpaquePointer

    init() throws {
        let folder = try TemporaryFolder()
        let (certificate, key) = ("\(folder.path)/cert.pem", "\(folder.path)/key.pem")
        let maker = Process()
        maker.executableURL = URL(fileURLWithPath: "/usr/bin/openssl")
        maker.arguments = [
            "req", "-x509", "-newkey", "ed25519", "-nodes", "-subj", "/CN=localhost", "-out", certificate, "-keyout",
            key,
        ]
        maker.standardError = FileHandle.nullDevice
        try maker.run()
        maker.waitUntilExit()
        context = try #require(SSL_CTX_new(TLS_server_method()))
        try #require(SSL_CTX_use_certificate_chain_file(context, certificate) == 1)
        try #require(SSL_CTX_use_PrivateKey_file(context, key, SSL_FILETYPE_PEM) == 1)
        SSL_CTX_set_verify(context, SSL_VERIFY_PEER | SSL_VERIFY_FAIL_IF_NO_PEER_CERT, nil)
        session = try #require(SSL_new(context))
        input = try #require(BIO_new(BIO_s_mem()))
        output = try #require(BIO_new(BIO_s_mem()))
        SSL_set_bio(session, input, output)
        SSL_set_accept_state(session)
    }

    deinit {
        SSL_free(session)
        SSL_CTX_free(context)
    }

    /// Takes in what the client has to say, and gives it what this side answers.
    func exchange(with client: TLSSession, _ allocator: ByteBufferAllocator) {
        if let bytes = client.takeOutput(allocator) {
            bytes.withUnsafeReadableBytes { _ = BIO_write(input, $0.baseAddress, CInt($0.count)) }
        }
        SSL_do_handshake(session)
        var answer = [UInt8](repeating: 0, count: BIO_ctrl_pending(output))
        let count = answer.isEmpty ? 0 : BIO_read(output, &answer, CInt(answer.count))
        if count > 0 { client.feed(ByteBuffer(bytes: answer.prefix(Int(count)))) }
    }
}
