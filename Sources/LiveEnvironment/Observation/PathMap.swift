// SPDX-License-Identifier: Apache-2.0
public import EnvironmentModel
import JSONTree

/// Where the files that an engine names lie on the machine of the outermost engine.
///
/// A path of a nested engine is a path inside its host: it lies on one of the host's mounts, or in the host's own root.
/// Resolved level by level, every path ends on the outermost machine, where its bytes are read and written.
public struct PathMap: Sendable {
    private struct Mount: Sendable {
        let destination: String
        /// Where it lies on the outermost machine; nil for what only the container's kernel objects hold, as a tmpfs.
        let source: String?
    }

    private let mounts: [Mount]
    /// What stands before `/proc` to reach that of the engine's machine: `/proc/<pid of the host>/root`, level by level;
    /// nil where the host has no process.
    private let machine: String?

    /// The outermost engine's paths: what they say is where they lie.
    public static let outermost = PathMap(mounts: [Mount(destination: "/", source: "/")], machine: "")

    private init(mounts: [Mount], machine: String?) {
        self.mounts = mounts.sorted { $0.destination.utf8.count > $1.destination.utf8.count }
        self.machine = machine
    }

    /// Where a path lies on the outermost machine; nil where its bytes are out of reach, as in a tmpfs, and for a path with
    /// "..", which might lead out of a mount.
    public func resolve(_ path: String) -> String? {
        place(of: path).map { $0.root.appendingPath($0.rest) }
    }

    /// On what a path lies on the outermost machine, and where below that; nil as for `resolve`.
    public func place(of path: String) -> (root: String, rest: String)? {
        guard !path.split(separator: "/").contains("..") else { return nil }
        for mount in mounts {
            guard let rest = path.below(mount.destination) else { continue }
            return mount.source.map { ($0, rest) }
        }
        return nil
    }

    /// The map of the engine inside a host of this map's engine.
    public func inside(_ host: ContainerRecord) -> PathMap {
        var mounts = host.mounts.map { mount in
            Mount(destination: mount.destination, source: mount.source.isEmpty ? nil : resolve(mount.source))
        }
        // With containerd's image store inspect does not name the root; the host's process shows it.
        let root =
            host.inspect["GraphDriver"]["Data"]["MergedDir"].string.flatMap(resolve)
            ?? process(of: host).map { $0 + "/root" }
        mounts.append(Mount(destination: "/", source: root))
        return PathMap(mounts: mounts, machine: process(of: host).map { $0 + "/root" })
    }

    /// The folder of a container's first process below `/proc` (proc(5)), as the outermost machine reaches it; nil where
    /// the container has no process.
    ///
    /// Its `root` shows the files as the container sees them, also those that are on no file system of the machine.
    func process(of container: ContainerRecord) -> String? {
        guard let machine, let pid = container.inspect["State"]["Pid"].int, pid > 0 else { return nil }
        return "\(machine)/proc/\(pid)"
    }
}

extension String {
    /// What remains of an absolute path below a folder: empty for the folder itself, nil where it is not below it.
    public func below(_ folder: String) -> String? {
        let folder = folder.withoutTrailingSlash
        if self.withoutTrailingSlash == folder { return "" }
        let prefix = folder == "/" ? "/" : folder + "/"
        return hasPrefix(prefix) ? String(dropFirst(prefix.count)).withoutTrailingSlash : nil
    }

    /// The path with a relative path appended.
    public func appendingPath(_ rest: String) -> String {
        if rest.isEmpty { return self }
        return self == "/" ? "/" + rest : withoutTrailingSlash + "/" + rest
    }

    /// The path without slashes at its end; the root stays.
    public var withoutTrailingSlash: String {
        var path = Substring(self)
        while path.count > 1, path.hasSuffix("/") { path = path.dropLast() }
        return String(path)
    }
}
