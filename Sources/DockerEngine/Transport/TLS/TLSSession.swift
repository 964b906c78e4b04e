// SPDX-License-Identifier: Apache-2.0
internal import CTLS
import NIOCore

/// One TLS connection between bytes in memory: what comes from the network is fed in, what has to go there is taken out.
final class TLSSession {
    /// What a step came to.
    enum Step<Value> {
        case done(Value)
        /// More has to come from the network first.
        case wantsInput
        /// The other side said goodbye.
        case ended
    }

    private let context: TLSContext
    private let session: OpaquePointer
    private let input: OpaquePointer
    private let output: OpaquePointer
    /// What the session failed of: libssl tells the reason once, whoever asks later has to hear it too.
    private var fault: TLSFault?

    /// A client's side of a connection with a machine of a name or address.
    init(_ context: TLSContext, host: String) throws {
        guard let session = SSL_new(context.pointer), let input = BIO_new(BIO_s_mem()),
            let output = BIO_new(BIO_s_mem())
        else { throw TLSFault.failed(reason: TLSFault.lastReason) }
        self.context = context
        self.session = session
        self.input = input
        self.output = output
        // An empty one is not at its end: more comes.
        BIO_ctrl(input, BIO_C_SET_BUF_MEM_EOF_RETURN, -1, nil)
        SSL_set_bio(session, input, output)
        SSL_set_connect_state(session)
        let parameters = SSL_get0_param(session)
        if X509_VERIFY_PARAM_set1_ip_asc(parameters, host) != 1 {
            _ = TLSFault.lastReason
            SSL_set1_host(session, host)
            // The macro SSL_set_tlsext_host_name (RFC 6066 section 3); an address is not named.
            var name = Array(host.utf8CString)
            SSL_ctrl(session, SSL_CTRL_SET_TLSEXT_HOSTNAME, Int(TLSEXT_NAMETYPE_host_name), &name)
        }
    }

    /// The session owns what it reads from and writes to.
    deinit { SSL_free(session) }

    /// Takes in what came from the network.
    func feed(_ bytes: ByteBuffer) {
        bytes.withUnsafeReadableBytes { _ = BIO_write(input, $0.baseAddress, CInt($0.count)) }
    }

    /// What has to go to the network; nil where that is nothing.
    func takeOutput(_ allocator: ByteBufferAllocator) -> ByteBuffer? {
        let count = BIO_ctrl_pending(output)
        guard count > 0 else { return nil }
        var bytes = allocator.buffer(capacity: count)
        bytes.writeWithUnsafeMutableBytes(minimumWritableBytes: count) { room in
            Int(max(0, BIO_read(output, room.baseAddress, CInt(count))))
        }
        return bytes
    }

    /// Goes on with the handshake.
    ///
    /// - Throws: `TLSFault`, also where the engine's certificate does not do.
    func shakeHands() throws -> Step<Void> {
        if let fault { throw fault }
        ERR_clear_error()
        let result = SSL_do_handshake(session)
        if result == 1 { return .done(()) }
        if SSL_get_error(session, result) == SSL_ERROR_WANT_READ { return .wantsInput }
        let reason = TLSFault.lastReason
        let code = SSL_get_verify_result(session)
        guard context.verifies, code != Int(X509_V_OK) else { throw end(.failed(reason: reason)) }
        throw end(.certificate(code: code, reason: String(cString: X509_verify_cert_error_string(code))))
    }

    /// The next bytes of what the other side sent.
    func read(_ allocator: ByteBufferAllocator) throws -> Step<ByteBuffer> {
        if let fault { throw fault }
        var bytes = allocator.buffer(capacity: 1 << 14)
        while bytes.readableBytes < 1 << 17 {
            ERR_clear_error()
            var result: CInt = 0
            bytes.writeWithUnsafeMutableBytes(minimumWritableBytes: 1 << 14) { room in
                result = SSL_read(session, room.baseAddress, CInt(room.count))
                return Int(max(0, result))
            }
            if result > 0 { continue }
            let error = SSL_get_error(session, result)
            let isFatal = error != SSL_ERROR_WANT_READ && error != SSL_ERROR_ZERO_RETURN
            let failed = isFatal ? end(.failed(reason: TLSFault.lastReason)) : nil
            // What came before the failure is passed on; the next call throws.
            if bytes.readableBytes > 0 { break }
            if let failed { throw failed }
            return error == SSL_ERROR_ZERO_RETURN ? .ended : .wantsInput
        }
        return .done(bytes)
    }

    /// Takes bytes for the other side.
    func write(_ bytes: ByteBuffer) throws {
        if let fault { throw fault }
        try bytes.withUnsafeReadableBytes { bytes in
            var written = 0
            while written < bytes.count {
                ERR_clear_error()
                let rest = UnsafeRawBufferPointer(rebasing: bytes[written...])
                let result = SSL_write(session, rest.baseAddress, CInt(min(rest.count, 1 << 30)))
                guard result > 0 else { throw end(.failed(reason: TLSFault.lastReason)) }
                written += Int(result)
            }
        }
    }

    /// Says goodbye; the other side may go on.
    func sayGoodbye() {
        ERR_clear_error()
        SSL_shutdown(session)
    }

    /// Ends the session with a fault, which every later call throws again.
    private func end(_ fault: TLSFault) -> TLSFault {
        self.fault = fault
        return fault
    }
}
