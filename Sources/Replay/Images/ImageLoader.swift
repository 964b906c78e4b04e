// SPDX-License-Identifier: Apache-2.0
import DockerEngine
import EnvironmentModel
import JSONTree
import LiveEnvironment
import OCI
import Snapshots

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
    let report: @Sendable (String) -> Void

    /// Loads the images and returns those that were sent.
    ///
    /// - Throws: `EngineError`, or `ReplayError` where an image has another id after loading than it had.
    @discardableResult
    func load(_ images: [ImageRecord], tags: Tags) async throws -> [ImageRecord] {
        var lacking: [ImageRecord] = []
        for image in images where try await !isPresent(image) { lacking.append(image) }
        if !lacking.isEmpty {
            report("loading \(lacking.map { $0.tags.first ?? String($0.id.prefix(19)) }.joined(separator: ", "))")
            try await send(lacking)
        }
        for image in images {
            guard try await isPresent(image) else {
                throw ReplayError(
                    .failed, "\(engine.location) did not take the image \(image.tags.first ?? image.id)",
                    hint: "see the engine's log; it may be out of space")
            }
            try await tag(image, tags)
        }
        return lacking
    }

    private func isPresent(_ image: ImageRecord) async throws -> Bool {
        do {
            _ = try await engine.inspectImage(image.config.description)
            return true
        } catch let error as EngineError where error.code == .notFound {
            return false
        }
    }

    private func send(_ images: [ImageRecord]) async throws {
        let archive = ImageArchive(images: images, library: library)
        _ = try await BlockingWork.produce({ try archive.write(to: $0) }, to: { try await engine.loadImages($0) })
    }

    private func tag(_ image: ImageRecord, _ tags: Tags) async throws {
        let names: [String]
        switch tags {
        case .captured: names = image.tags
        case .only(let tag): names = [tag]
        }
        for name in names {
            let (repository, tag) = name.repositoryAndTag
            try await engine.tagImage(image.config.description, repository: repository, tag: tag)
        }
    }
}

extension String {
    /// An image name taken apart: `registry:5000/app:dev` is `registry:5000/app` and `dev`.
    var repositoryAndTag: (repository: String, tag: String) {
        guard let colon = lastIndex(of: ":"), !self[colon...].contains("/") else { return (self, "latest") }
        return (String(self[..<colon]), String(self[index(after: colon)...]))
    }
}
