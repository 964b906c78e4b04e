// SPDX-License-Identifier: Apache-2.0
import FoundationEssentials

/// The certificates with which an engine is reached by TLS, by their paths.
public struct TLSFiles: Hashable, Sendable {
    /// The authority that vouches for the engine; the machine's own authorities where there is none.
    public var authority: String?
    /// This client's certificate.
    public var certificate: String?
    /// The key of this client's certificate.
    public var key: String?
    /// Whether the engine has to prove that it is the one that was asked for.
    public var verifies: Bool

    /// Files by their paths.
    public init(authority: String? = nil, certificate: String? = nil, key: String? = nil, verifies: Bool = true) {
        self.authority = authority
        self.certificate = certificate
        self.key = key
        self.verifies = verifies
    }

    /// What of `ca.pem`, `cert.pem` and `key.pem` is in a folder, as the docker command reads it.
    public init(folder: String, verifies: Bool) {
        func path(_ name: String) -> String? {
            let path = "\(folder)/\(name)"
            return FileManager.default.fileExists(atPath: path) ? path : nil
        }
        self.init(
            authority: path("ca.pem"), certificate: path("cert.pem"), key: path("key.pem"), verifies: verifies)
    }

    /// What `DOCKER_TLS_VERIFY`, `DOCKER_TLS` and `DOCKER_CERT_PATH` ask for; nil where that is no TLS.
    init?(environment: [String: String], configuration: String?) {
        let verifies = environment.nonEmpty("DOCKER_TLS_VERIFY") != nil
        guard verifies || environment.nonEmpty("DOCKER_TLS") != nil else { return nil }
        let folder = environment.nonEmpty("DOCKER_CERT_PATH") ?? configuration
        guard let folder else {
            self.init(verifies: verifies)
            return
        }
        self.init(folder: folder, verifies: verifies)
    }
}
