// SPDX-License-Identifier: Apache-2.0
import EnvironmentModel
import Foundation
import Hashing
import LiveEnvironment
import OCI
import Steps
import SystemPackage

/// Brings folders and files to what was captured, and stamps them, so that a reset finds what was touched since.
struct TreeRestorer: Sendable {
    /// What stands where something is restored.
    enum Ground: Sendable {
        /// Nothing that is to stay.
        case new
        /// What was restored before, and what has become of it since.
        case used
    }

    let data: DataRestorer
    /// Where the stamps of the replay are.
    let stamps: FilePath
    let ground: Ground

    /// Brings a folder to what was captured; what is left out of it stays as it is on used ground.
    func restore(
        _ archive: DataArchive, folder path: String, excluding exclusions: [Exclusion] = [], _ progress: StepMeter
    ) async throws {
        switch ground {
        case .new: try await data.restore(archive, to: .folder(path), progress)
        case .used:
            try forgetStamps(at: path, unlessOf: archive)
            guard try await data.revert(archive, in: path, excluding: exclusions, since: file(for: path), progress)
            else { return }
        }
        try note(archive, at: path)
        try await stamp(path, excluding: exclusions)
    }

    /// Brings a single file to what was captured, at a path below a folder that may hold what others made.
    func restore(
        _ archive: DataArchive, file path: String, inside root: String, _ progress: StepMeter
    ) async throws {
        let whole = root.appendingPath(path)
        try forgetStamps(at: whole, unlessOf: archive)
        guard try await isTouched(whole) else { return }
        try await data.restore(archive, to: .fileInside(root: root, path: path), progress)
        try note(archive, at: whole)
        try await stamp(whole)
    }

    /// Notes a folder or a file as it is.
    func stamp(_ path: String, excluding exclusions: [Exclusion] = []) async throws {
        try makeFolder()
        try await data.access.stamp(path, excluding: exclusions, into: file(for: path))
    }

    /// Whether anything was touched in a folder or a file since it was noted; so it is where it was not.
    func isTouched(_ path: String, excluding exclusions: [Exclusion] = []) async throws -> Bool {
        try await data.access.isTouched(path, excluding: exclusions, since: file(for: path))
    }

    /// Lets everything count as touched where another archive was restored before.
    ///
    /// A replay of an older version has no notes; it never was of another snapshot.
    private func forgetStamps(at path: String, unlessOf archive: DataArchive) throws {
        guard let noted = FileManager.default.contents(atPath: try noteFile(for: path)),
            noted != Data(archive.digest.hex.utf8)
        else { return }
        let stamps = try file(for: path)
        if FileManager.default.fileExists(atPath: stamps) { try FileManager.default.removeItem(atPath: stamps) }
    }

    /// Notes which archive the stamps that come next are of.
    private func note(_ archive: DataArchive, at path: String) throws {
        try makeFolder()
        try Data(archive.digest.hex.utf8).write(to: URL(filePath: noteFile(for: path)), options: .atomic)
    }

    private func noteFile(for path: String) throws -> String { try file(for: path) + ".of" }

    private func makeFolder() throws {
        try FileManager.default.createDirectory(
            atPath: stamps.string, withIntermediateDirectories: true, attributes: [.posixPermissions: 0o700])
    }

    private func file(for path: String) throws -> String {
        stamps.appending(try SHA256Hasher.digest(of: Array(path.utf8)).hex).string
    }
}
