// SPDX-License-Identifier: Apache-2.0

import Archive
import Catalogue
import ContentStore
import EnvironmentModel
import Foundation
import JSONTree
import OCI
import Sharing
import Snapshots
import Steps
import SystemPackage
import TestSupport
import Testing

/// A store with a snapshot in it, and beside it a canary: files that nothing may touch.
struct Ground {
    /// What must not change: all files of the store and of the canary, and the rows of the catalogue.
    struct State: Equatable {
        var files: [String]
        var rows: String
    }

    let folder: TemporaryFolder
    let library: SnapshotLibrary

    init() throws {
        folder = try TemporaryFolder()
        try folder.write("secret", to: "canary/victim")
        try folder.write("secret", to: "canary/folder/deep")
        try Tool.run("ln", "-s", "/etc/passwd", folder.path("canary/link"))
        library = try SnapshotLibrary(at: FilePath(folder.path("store")))
        // Of other content than the corpus: what is known need not be read.
        _ = try take(RawBundle(archive: Self.earlier).tar)
    }

    /// The archive that is in the store.
    static let earlier = RawTar.archive { tar in
        tar.folder("./")
        tar.file("earlier", "what was captured before")
    }

    /// Takes a bundle in, as `import` does.
    func take(_ bundle: [UInt8]) throws -> ReceivedSnapshot {
        var rest = bundle[...]
        let source: ByteSource = { buffer in
            let portion = rest.prefix(buffer.count)
            buffer.copyBytes(from: portion)
            rest = rest.dropFirst(portion.count)
            return portion.count
        }
        return try BundleImporter(library: library, report: .silent).take(
            BundleReader(source: source),
            origin: SnapshotOrigin(kind: .imported, source: "/tmp/x", receivedAt: "2026-11-24T10:00:00Z"),
            cancellation: Cancellation())
    }

    /// What is there, after the garbage is gone.
    func state() throws -> State {
        _ = try library.collectGarbage(isDryRun: false)
        return State(files: try Self.facts(of: folder.path), rows: try rows())
    }

    /// Everything that is said of each file: kind, mode, owner, size, time, link target, number of links.
    static func facts(of path: String) throws -> [String] {
        let found = try Tool.run(
            "find", path, "-not", "-name", "catalogue.sqlite*", "-not", "-path", "*/blobs/sha256", "-not", "-path",
            "*/snapshots", "-not", "-path", "*/tmp", "-not", "-path", "*/store", "-printf",
            "%P %y %m %U:%G %s %T@ %l %n\\n")
        return found.split(separator: "\n").map(String.init).sorted()
    }

    private func rows() throws -> String {
        try Tool.run(
            "sqlite3", folder.path("store/catalogue.sqlite"),
            "SELECT id, name FROM snapshot ORDER BY id; SELECT raw_digest, stored_digest FROM blob ORDER BY 1;"
                + "SELECT count(*) FROM snapshot_blob; SELECT hex(digest) FROM chunk ORDER BY 1;")
    }

    /// The most memory that this process has had since the last `resetPeak`, in bytes.
    static func peakMemory() throws -> Int {
        let status = try String(contentsOfFile: "/proc/self/status", encoding: .utf8)
        let line = status.split(separator: "\n").first { $0.hasPrefix("VmHWM:") } ?? ""
        return (line.split(separator: " ").compactMap { Int($0) }.first ?? 0) * 1024
    }

    /// Lets the count of the peak begin anew (proc(5), `/proc/PID/clear_refs`).
    static func resetPeak() throws { try Data("5".utf8).write(to: URL(filePath: "/proc/self/clear_refs")) }
}
