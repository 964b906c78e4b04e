// SPDX-License-Identifier: Apache-2.0

/// How a registry is spoken with.
public struct RegistryOptions: Sendable {
    /// Certificates to trust beside those of the system, a PEM file.
    public var authorities: String?
    /// Whether HTTP without TLS is fine with any host, not only with this machine.
    public var allowsPlainHTTP = false
    /// The environment, in which `DOCKER_CONFIG`, `HOME` and `PATH` count.
    public var environment: [String: String]
    /// What the program calls itself.
    public var userAgent: String
    /// How many blobs are on the way at the same time.
    public var connections = 4
    /// The bytes that are sent in one request; larger blobs take several, and resume between them.
    var chunkSize: Int64 = 64 << 20
    /// How often something is tried that may go well the next time.
    var attempts = 6
    /// How long to wait before the second attempt, in seconds; it doubles from there.
    var firstDelay = 0.5
    /// After how long without a byte a transfer has failed, in seconds.
    var stallSeconds = 120

    /// Options with which everything is done by the book.
    public init(environment: [String: String], userAgent: String) {
        self.environment = environment
        self.userAgent = userAgent
    }
}
