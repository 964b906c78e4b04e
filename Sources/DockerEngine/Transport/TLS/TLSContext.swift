// SPDX-License-Identifier: Apache-2.0
internal import CTLS

/// The settings of TLS connections: certificates, and at least TLS 1.2.
final class TLSContext {
    let pointer: OpaquePointer
    let verifies: Bool

    /// Reads the files.
    ///
    /// - Throws: `TLSFault.file`.
    init(_ files: TLSFiles) throws {
        guard let pointer = SSL_CTX_new(TLS_client_method()) else { throw TLSFault.failed(reason: TLSFault.lastReason) }
        self.pointer = pointer
        verifies = files.verifies
        // The macros SSL_CTX_set_min_proto_version and SSL_CTX_set_mode.
        SSL_CTX_ctrl(pointer, SSL_CTRL_SET_MIN_PROTO_VERSION, Int(TLS1_2_VERSION), nil)
        SSL_CTX_ctrl(
            pointer, SSL_CTRL_MODE, Int(SSL_MODE_ENABLE_PARTIAL_WRITE | SSL_MODE_ACCEPT_MOVING_WRITE_BUFFER), nil)
        SSL_CTX_set_verify(pointer, verifies ? SSL_VERIFY_PEER : SSL_VERIFY_NONE, nil)
        if let authority = files.authority {
            try Self.check(SSL_CTX_load_verify_locations(pointer, authority, nil), authority)
        } else {
            SSL_CTX_set_default_verify_paths(pointer)
        }
        if let certificate = files.certificate {
            try Self.check(SSL_CTX_use_certificate_chain_file(pointer, certificate), certificate)
        }
        if let key = files.key {
            // A key with a passphrase would be asked for at the terminal.
            SSL_CTX_set_default_passwd_cb(pointer) { _, _, _, _ in 0 }
            try Self.check(SSL_CTX_use_PrivateKey_file(pointer, key, SSL_FILETYPE_PEM), key)
        }
    }

    deinit { SSL_CTX_free(pointer) }

    private static func check(_ result: CInt, _ path: String) throws {
        guard result == 1 else { throw TLSFault.file(path, reason: TLSFault.lastReason) }
    }
}
