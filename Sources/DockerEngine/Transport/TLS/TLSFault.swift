// SPDX-License-Identifier: Apache-2.0
internal import CTLS

/// How a TLS connection failed.
enum TLSFault: Error {
    /// A file with a certificate or key cannot be used.
    case file(String, reason: String)
    /// The engine's certificate does not prove what it should: one of X509_verify_cert_error_string(3).
    case certificate(code: Int, reason: String)
    /// The other side, or libssl, gave the connection up.
    case failed(reason: String)
    /// The connection ended without the other side's goodbye, as when somebody cuts it.
    case cut

    /// What libssl last said on this thread.
    static var lastReason: String {
        var reason = "no reason given"
        while case let code = ERR_get_error(), code != 0 {
            if let text = ERR_reason_error_string(code) { reason = String(cString: text) }
        }
        return reason
    }
}
