// SPDX-License-Identifier: Apache-2.0
internal import CTLS

extension EngineError {
    /// What a failure of TLS means, with the next step.
    static func tls(_ fault: TLSFault, at location: String, host: String) -> EngineError {
        switch fault {
        case .file(let path, let reason):
            EngineError(
                .invalidAddress, "the TLS file \(path) cannot be used: \(reason)",
                hint: "It has to be readable PEM without a passphrase; see DOCKER_CERT_PATH", cause: fault)
        case .certificate(let code, let reason):
            EngineError(
                .untrusted, "the engine at \(location) does not prove who it is: \(reason)",
                hint: hint(certificate: CInt(truncatingIfNeeded: code), host: host), cause: fault)
        case .failed(let reason) where clientWords.contains(where: reason.contains):
            EngineError(
                .permissionDenied, "the engine at \(location) does not take this client's certificate: \(reason)",
                hint: "cert.pem and key.pem in DOCKER_CERT_PATH have to be by the authority that the engine trusts",
                cause: fault)
        case .failed(let reason):
            EngineError(
                .unreachable, "no TLS connection with \(location) could be made: \(reason)",
                hint: "Is it TLS that is spoken there? Without it: unset DOCKER_TLS_VERIFY", cause: fault)
        case .cut:
            EngineError(
                .cutStream, "the TLS connection to \(location) was cut", hint: "Has the engine been stopped meanwhile?",
                cause: fault)
        }
    }

    /// Parts of the alerts by which an engine refuses a client (RFC 8446 section 6.2).
    private static let clientWords = [
        "alert bad certificate", "certificate required", "alert unknown ca", "alert certificate",
        "alert handshake failure",
    ]

    private static func hint(certificate code: CInt, host: String) -> String {
        switch code {
        case X509_V_ERR_CERT_HAS_EXPIRED: "Renew the engine's certificate; check the clocks of both machines"
        case X509_V_ERR_CERT_NOT_YET_VALID: "Check the clocks of both machines"
        case X509_V_ERR_HOSTNAME_MISMATCH, X509_V_ERR_IP_ADDRESS_MISMATCH:
            "The certificate is not for \(host): use a name that it is for, or make one that has it (subjectAltName)"
        default: "ca.pem in DOCKER_CERT_PATH has to be that of the authority which signed the engine's certificate"
        }
    }
}
