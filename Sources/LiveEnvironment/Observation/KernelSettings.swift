// SPDX-License-Identifier: Apache-2.0
public import DockerEngine

/// The settings of a host's network namespace that an engine makes without showing them.
///
/// Engines up to 25 switch IPv6 off in a container without an IPv6 address, later ones leave it on. The engine inside
/// publishes ports on IPv6 only where it is on, so that a host behaves as captured only with the same setting.
public struct KernelSettings: Sendable {
    private static let names = ["all", "default", "lo"].map { "net.ipv6.conf.\($0).disable_ipv6" }

    private let engine: Engine
    private let container: String

    /// The settings of a running container.
    public init(engine: Engine, container: String) {
        self.engine = engine
        self.container = container
    }

    /// Reads the settings where the network of a process is within reach, which is given by its folder below `/proc`,
    /// else by a command; empty where the container has no `cat` or the kernel no IPv6.
    func read(of process: String?, _ access: (any DataAccess)?) async throws -> [String: String] {
        let files = Self.names.map(Self.file)
        if let process, let contents = try? await access?.readFiles(files, inNetworkOf: process) {
            return Self.settings(contents.joined())
        }
        let result = try await engine.run(inContainer: container, command: ["cat"] + files)
        return result.exitCode == 0 ? Self.settings(result.stdout) : [:]
    }

    private static func settings(_ bytes: some Sequence<UInt8>) -> [String: String] {
        let values = String(decoding: Array(bytes), as: UTF8.self).split(separator: "\n").map(String.init)
        return values.count == names.count ? Dictionary(uniqueKeysWithValues: zip(names, values)) : [:]
    }

    /// Writes the settings; those that are known by no name of the list are left alone.
    public func write(_ settings: [String: String]) async throws {
        let lines = Self.names.compactMap { name in
            settings[name].flatMap { ["0", "1"].contains($0) ? "echo \($0) > \(Self.file(name))" : nil }
        }
        guard !lines.isEmpty else { return }
        _ = try await engine.run(
            inContainer: container, command: ["sh", "-c", lines.joined(separator: "; ")])
    }

    private static func file(_ name: String) -> String {
        "/proc/sys/" + name.split(separator: ".").joined(separator: "/")
    }
}
