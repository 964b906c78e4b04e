// SPDX-License-Identifier: Apache-2.0
import ArgumentParser
import Catalogue
import ContentStore
import EnvironmentModel
import Foundation
import LiveEnvironment
import OCI
import Sharing
import Snapshots
import SystemPackage
import Terminal

/// What stands for a snapshot on the command line: a name or an id in the store, or a bundle.
enum SnapshotSource {
    static let help: ArgumentHelp =
        "The snapshot: its name, at least four digits of its id, or the file of a bundle."
}

extension CommandContext {
    /// The snapshot that an argument stands for; a bundle is imported first.
    func obtain(_ argument: String, in library: SnapshotLibrary) async throws -> SnapshotRecord {
        do { return try library.find(argument) } catch let error as SnapshotError where error.code == .noSuchSnapshot {
            guard isFile(argument) else { throw error }
            let received = try await importBundle([argument], into: library)
            console.warn("\(argument) was imported as \(received.name ?? received.id.short)")
            return try library.find(received.id.hex)
        }
    }

    /// The document that an argument stands for; a bundle is read as far as that and not imported.
    func look(
        at argument: String, in library: SnapshotLibrary
    ) async throws -> (document: EnvironmentDocument, id: Digest, origin: SnapshotOrigin?) {
        do {
            let record = try library.find(argument)
            return (try library.document(record.id), record.id, record.origin)
        } catch let error as SnapshotError where error.code == .noSuchSnapshot {
            guard isFile(argument) else { throw error }
            return try await cancellable { cancellation in
                let parts = try BundleParts([FilePath(argument)], cancellation: cancellation)
                let bundle = try BundleReader { try parts.read(into: $0) }
                return (try bundle.document(), bundle.manifest.snapshot, nil)
            }
        }
    }

    /// Imports the bundle of a file or of its parts; `-` is standard input.
    func importBundle(_ paths: [String], into library: SnapshotLibrary) async throws -> ReceivedSnapshot {
        let source = paths == ["-"] ? "standard input" : absolute(paths[0])
        let origin = SnapshotOrigin(kind: .imported, source: source, receivedAt: Date.now.formatted(.iso8601))
        let importer = BundleImporter(library: library, report: report)
        let received = try await cancellable { cancellation in
            let parts =
                paths == ["-"]
                ? BundleParts(reading: .standardInput, cancellation: cancellation)
                : try BundleParts(paths.map { FilePath($0) }, cancellation: cancellation)
            do {
                let bundle = try BundleReader { try parts.read(into: $0) }
                return try importer.take(bundle, origin: origin, cancellation: cancellation)
            } catch { throw parts.explaining(error) }
        }
        if let name = received.refusedName {
            console.warn(
                "the name \"\(name)\" is taken here or looks like an id: the snapshot is known by its id alone")
        }
        return received
    }

    /// Runs work that blocks on a thread of its own, and cancels it with the task.
    func cancellable<Result: Sendable>(
        _ body: @escaping @Sendable (Cancellation) throws -> Result
    ) async throws -> Result {
        let cancellation = Cancellation()
        return try await withTaskCancellationHandler {
            try await BlockingWork.run { try body(cancellation) }
        } onCancel: {
            cancellation.cancel()
        }
    }

    private func isFile(_ argument: String) -> Bool {
        var isFolder: ObjCBool = false
        return FileManager.default.fileExists(atPath: argument, isDirectory: &isFolder) && !isFolder.boolValue
    }

    private func absolute(_ path: String) -> String {
        path.hasPrefix("/") ? path : FilePath(workingDirectory).appending(path).lexicallyNormalized().string
    }
}
