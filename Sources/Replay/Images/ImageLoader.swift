// SPDX-License-Identifier: Apache-2.0
import DockerEngine
import EnvironmentModel
import JSONTree
import LiveEnvironment
import OCI
import Snapshots
import Steps

/// Brings images into an engine: those that it lacks are sent, and all get their tags.
struct ImageLoader: Sendable {
    /// What becomes of an image's tags.
    enum Tags: Sendable {
        /// The captured ones.
        case captured
        /// One tag, whatever the captured ones are.
        case only(String)
    }

    let engine: Engine
    let library: SnapshotLibrary
    let report: StepReport

    /// Loads the images.
    ///
    /// - Throws: `EngineError`, or `ReplayError` where an image has another id after loading than it had.
    @discardableResult
    func load(_ images: [ImageRecord], tags: Tags) async throws -> LoadedImages {
        var loaded = LoadedImages()
        let usesContainerd = EngineRecord.usesContainerdStore(try await engine.info().value)
        var lacking: [ImageRecord] = []
        for image in images {
            let id = usesContainerd ? try ImageManifest(of: image, in: LibraryImages(library)).digest : image.config
            loaded.ids[image.id] = id.description
            if try await !isPresent(id.description) { lacking.append(image) }
        }
        loaded.sent = lacking
        if !lacking.isEmpty {
            let names = lacking.map { $0.tags.first ?? String($0.id.prefix(19)) }.joined(separator: ", ")
            let size = try library.size(of: lacking.flatMap(\.blobs))
            try await report.measuring("loading \(names)", bytes: size) {
                try await ImageArchive(images: lacking, contents: LibraryImages(library)).load(onto: engine, $0)
            }
        }
        for image in images {
            guard let id = loaded.ids[image.id], try await isPresent(id) else {
                throw ReplayError(
                    .failed, "\(engine.location) did not take the image \(image.tags.first ?? image.id)",
                    hint: "see the engine's log; it may be out of space")
            }
            try await tag(image, id, tags)
        }
        return loaded
    }

    /// Whether the engine has an image.
    func isPresent(_ image: ImageRecord) async throws -> Bool {
        let usesContainerd = EngineRecord.usesContainerdStore(try await engine.info().value)
        let id = usesContainerd ? try ImageManifest(of: image, in: LibraryImages(library)).digest : image.config
        return try await isPresent(id.description)
    }

    private func isPresent(_ id: String) async throws -> Bool {
        do {
            _ = try await engine.inspectImage(id)
            return true
        } catch let error as EngineError where error.code == .notFound {
            return false
        }
    }

    private func tag(_ image: ImageRecord, _ id: String, _ tags: Tags) async throws {
        let names: [String]
        switch tags {
        case .captured: names = image.tags
        case .only(let tag): names = [tag]
        }
        for name in names {
            let (repository, tag) = name.repositoryAndTag
            try await engine.tagImage(id, repository: repository, tag: tag)
        }
    }
}

/// The images of a snapshot on an engine.
struct LoadedImages: Sendable {
    /// Those that the engine did not have.
    var sent: [ImageRecord] = []
    /// The engine's own ids by the captured ones: the two kinds of image store count differently.
    var ids: [String: String] = [:]
}
