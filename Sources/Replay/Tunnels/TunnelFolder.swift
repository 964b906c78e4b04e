// SPDX-License-Identifier: Apache-2.0
import Foundation
import Glibc
import Hashing
import OCI

/// Where the sockets of this user's tunnels lie: a folder that nobody else may enter, and that is gone after a restart.
public struct TunnelFolder: Sendable {
    /// The folder's path.
    public let path: String

    /// The folder in the user's runtime directory, which is made where it is missing: `$XDG_RUNTIME_DIR`, else
    /// `/run/user/UID`, else below `/tmp`.
    ///
    /// - Throws: `ReplayError` where something else is there, or somebody else's folder.
    public init(environment: [String: String]) throws { try self.init(environment: environment, user: getuid()) }

    init(environment: [String: String], user: UInt32) throws {
        // A relative path there is to be ignored (XDG base directory specification 0.8).
        let named = environment["XDG_RUNTIME_DIR"].flatMap { $0.hasPrefix("/") ? $0 : nil }
        let usual = "/run/user/\(user)"
        let candidates = [named, usual].compactMap(\.self).filter { Self.isOwn($0, user) && $0.utf8.count <= 40 }
        path = candidates.first.map { "\($0)/envsnap" } ?? "/tmp/envsnap-\(user)"
        guard mkdir(path, 0o700) == 0 || errno == EEXIST, Self.isOwn(path, user), chmod(path, 0o700) == 0 else {
            throw ReplayError(
                .failed, "\(path) is no folder of this user's own, and no tunnel can be kept there",
                hint: "remove it, or set XDG_RUNTIME_DIR to a folder of yours")
        }
    }

    /// Whether a path is a folder of the user's, and no link.
    private static func isOwn(_ path: String, _ user: UInt32) -> Bool {
        var status = stat()
        return lstat(path, &status) == 0 && status.st_mode & S_IFMT == S_IFDIR && status.st_uid == user
    }

    /// The tunnel to an engine of a replay, whether it runs or not.
    public func tunnel(to path: String, of replay: String, store: String) throws -> Tunnel {
        let mark = try SHA256Hasher.digest(of: Array([store, replay, path].joined(separator: "\0").utf8)).hex.prefix(10)
        // A socket's path has 107 bytes at most (unix(7)).
        let key = "\(replay.prefix(30))-\(mark)"
        return Tunnel(place: "\(self.path)/\(key)", replay: replay, path: path, store: store)
    }

    /// All tunnels that have left a trace here.
    public func tunnels() -> [Tunnel] {
        let names = (try? FileManager.default.contentsOfDirectory(atPath: path)) ?? []
        return names.filter { $0.hasSuffix(Tunnel.recordSuffix) }.sorted().compactMap { name in
            Tunnel(readingAt: "\(path)/\(name.dropLast(Tunnel.recordSuffix.count))")
        }
    }

    /// Removes what tunnels have left that run no more, and returns the replays they led into.
    @discardableResult
    public func removeLeftovers() -> [String] {
        tunnels().filter { !$0.isRunning }.map { tunnel in
            tunnel.removeFiles()
            return tunnel.replay
        }
    }

    /// Ends the tunnels into a replay, all or the one to an engine.
    public func end(_ replay: String, store: String, path: String? = nil) async {
        for tunnel in tunnels() where tunnel.replay == replay && tunnel.store == store {
            if let path, tunnel.path != path { continue }
            await tunnel.end()
        }
    }
}
