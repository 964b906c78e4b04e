// SPDX-License-Identifier: Apache-2.0

/// Where an engine stands: the hosts to pass through, the outermost first.
public struct EnginePath: Sendable, Hashable, CustomStringConvertible {
    /// The names of the hosts.
    public let hosts: [String]

    /// A path through hosts.
    public init(hosts: [String]) { self.hosts = hosts }

    /// The engine that was reached first.
    public static let outermost = EnginePath(hosts: [])

    /// The path of the engine inside a host of this engine.
    public func appending(_ host: String) -> EnginePath { EnginePath(hosts: hosts + [host]) }

    /// How objects of this engine are called: `foo-host-corge/foo-app`; on the outermost engine just the name.
    public func objectName(_ name: String) -> String { (hosts + [name]).joined(separator: "/") }

    /// The path as it is printed; `.` for the outermost engine.
    public var description: String { hosts.isEmpty ? "." : hosts.joined(separator: "/") }
}
