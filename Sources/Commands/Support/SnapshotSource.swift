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
import Steps
import SystemPackage
import Terminal

/// What stands for a snapshot on the command line: a name or an id in the store, a bundle, or a registry's reference.
enum SnapshotSource {
    static let help: ArgumentHelp =
        "The snapshot: its name, at least four digits of its id, the file of a bundle, or oci://HOST/REPOSITORY[:TAG]."
}

/// What is known of a snapshot without taking it.
struct SnapshotLook: Sendable {
    let document: EnvironmentDocument
    let id: Digest
    /// Whether it came, or would come, from elsewhere.
    let isForeign: Bool
    var origin: SnapshotOrigin?
    /// The signature of a bundle, not verified.
    var signature: BundleSignature?
}

extension CommandContext {
    /// The snapshot that an argument stands for; a bundle is imported and a registry's snapshot pulled first.
    ///
    /// - Parameters:
    ///   - identities: Files of keys that decrypt a bundle.
    ///   - signer: Who has to have signed the bundle; then nothing but a bundle will do.
    func obtain(
        _ argument: String, in library: SnapshotLibrary, identities: [String] = [], signer: SignerRequirement? = nil
    ) async throws -> SnapshotRecord {
        if let signer { return try await obtainSigned(argument, by: signer, in: library, identities: identities) }
        if RegistryReference.isMeant(by: argument) {
            let received = try await pull(
                RegistryReference(parsing: argument), RegistryOptionGroup.byTheBook(self), into: library)
            console.warn("\(argument) was pulled as \(received.name ?? received.id.short)")
            return try library.find(received.id.hex)
        }
        do { return try library.find(argument) } catch let error as SnapshotError where error.code == .noSuchSnapshot {
            guard isFile(argument) else { throw error }
            let received = try await importBundle([argument], into: library, identities: identities)
            console.warn("\(argument) was imported as \(received.name ?? received.id.short)")
            return try library.find(received.id.hex)
        }
    }

    private func obtainSigned(
        _ argument: String, by signer: SignerRequirement, in library: SnapshotLibrary, identities: [String]
    ) async throws -> SnapshotRecord {
        guard !RegistryReference.isMeant(by: argument), isFile(argument) else {
            throw Failure(
                "signature", "\(argument) is no file of a bundle, and nothing else carries a signature",
                hint: "envsnap export --sign-key KEY makes one", status: .usage)
        }
        let received = try await importBundle([argument], into: library, identities: identities, signer: signer)
        console.warn("\(argument) was imported as \(received.name ?? received.id.short)")
        return try library.find(received.id.hex)
    }

    /// The document that an argument stands for; of bundles and registries no more than that is read.
    func look(
        at argument: String, in library: SnapshotLibrary, identities: [String] = []
    ) async throws -> SnapshotLook {
        if RegistryReference.isMeant(by: argument) {
            let puller = RegistryPuller(
                try RegistryReference(parsing: argument), options: RegistryOptionGroup.byTheBook(self), report: report)
            let (document, id) = try await cancellable { try puller.look(cancellation: $0) }
            return SnapshotLook(document: document, id: id, isForeign: true)
        }
        do {
            let record = try library.find(argument)
            return SnapshotLook(
                document: try library.document(record.id), id: record.id, isForeign: record.origin != nil,
                origin: record.origin)
        } catch let error as SnapshotError where error.code == .noSuchSnapshot {
            guard isFile(argument) else { throw error }
            let age = AgeEncryption(environment: environment)
            return try await cancellable { cancellation in
                let parts = try BundleParts([FilePath(argument)], cancellation: cancellation)
                let bundle = try BundleReader(
                    source: age.decrypting({ try parts.read(into: $0) }, identities: identities))
                return SnapshotLook(
                    document: try bundle.document(), id: bundle.manifest.snapshot, isForeign: true,
                    signature: bundle.signature)
            }
        }
    }

    /// Pulls the snapshot of a reference.
    func pull(
        _ reference: RegistryReference, _ options: RegistryOptions, into library: SnapshotLibrary
    ) async throws -> ReceivedSnapshot {
        let puller = RegistryPuller(reference, options: options, report: report)
        let now = Date.now.formatted(.iso8601)
        let received = try await cancellable { try puller.pull(into: library, receivedAt: now, cancellation: $0) }
        warn(of: received)
        return received
    }

    /// Imports the bundle of a file or of its parts; `-` is standard input.
    func importBundle(
        _ paths: [String], into library: SnapshotLibrary, identities: [String] = [], signer: SignerRequirement? = nil
    ) async throws -> ReceivedSnapshot {
        let age = AgeEncryption(environment: environment)
        let source =
            (paths == ["-"] ? "standard input" : absolute(paths[0]))
            + (signer.map { ", signed by \($0.identity)" } ?? "")
        let origin = SnapshotOrigin(kind: .imported, source: source, receivedAt: Date.now.formatted(.iso8601))
        let importer = BundleImporter(library: library, report: report)
        let received = try await cancellable { cancellation in
            let parts =
                paths == ["-"]
                ? BundleParts(reading: .standardInput, cancellation: cancellation)
                : try BundleParts(paths.map { FilePath($0) }, cancellation: cancellation)
            do {
                let bundle = try BundleReader(
                    source: age.decrypting({ try parts.read(into: $0) }, identities: identities))
                try signer?.check(bundle.signature)
                return try importer.take(bundle, origin: origin, cancellation: cancellation)
            } catch { throw parts.explaining(error) }
        }
        warn(of: received)
        return received
    }

    private func warn(of received: ReceivedSnapshot) {
        guard let name = received.refusedName else { return }
        console.warn("the name \"\(name)\" is taken here or looks like an id: the snapshot is known by its id alone")
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
