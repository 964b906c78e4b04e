// SPDX-License-Identifier: Apache-2.0
import DockerEngine
import EnvironmentModel
import JSONTree
import LiveEnvironment
import OCI
import Steps

/// Sends images of one engine to another: those that it lacks, and of these the layers that it lacks.
struct ImageSender: Sendable {
    /// The engine that has the images.
    let source: Engine
    /// Its images.
    let images: EngineImages
    let target: Engine
    /// What to call the target in messages.
    let targetName: String
    let report: StepReport
    let detail: @Sendable (String) -> Void

    private var targetImages: EngineImages { EngineImages(engine: target, access: nil) }

    /// Makes the target have these images under these names.
    ///
    /// - Returns: the names of those that were sent.
    /// - Throws: `ProvisioningError` where the target did not take one.
    func send(_ wanted: [String: ImageRecord]) async throws -> [String] {
        var lacking: [(name: String, image: ImageRecord)] = []
        for (name, image) in wanted.sorted(by: { $0.key < $1.key }) {
            if try await has(image, as: name) { continue }
            if try await targetImages.inspect(image.id)?["Id"].string == image.id {
                try await tag(image, name)
            } else {
                lacking.append((name, image))
            }
        }
        guard !lacking.isEmpty else { return [] }
        try await transfer(lacking)
        for (name, image) in lacking where try await !has(image, as: name) {
            throw ProvisioningError(
                .failed, "the engine in \(targetName) did not take the image \(name)",
                hint: "see the engine's log; it may be out of space")
        }
        return lacking.map(\.name)
    }

    /// Whether the target has the image under the name.
    ///
    /// The two kinds of image store count ids differently; an image's
    /// layers and the moment it was made are the same in both.
    private func has(_ image: ImageRecord, as name: String) async throws -> Bool {
        guard let found = try await targetImages.inspect(name) else { return false }
        if found["Id"].string == image.id { return true }
        let isClassic = image.id == image.config.description && found["Id"].string?.hasPrefix("sha256:") == true
        if isClassic, !EngineRecord.usesContainerdStore(try await target.info().value) { return false }
        return found["RootFS"]["Layers"] == image.inspect["RootFS"]["Layers"]
            && found["Created"] == image.inspect["Created"]
    }

    private func tag(_ image: ImageRecord, _ name: String) async throws {
        let (repository, tag) = name.repositoryAndTag
        try await target.tagImage(image.id, repository: repository, tag: tag)
    }

    private func transfer(_ lacking: [(name: String, image: ImageRecord)]) async throws {
        let names = lacking.map(\.name).joined(separator: ", ")
        let records = lacking.map { name, image in
            var image = image
            image.tags = [name]
            return image
        }
        guard let contents = try await images.contents(of: records), records.allSatisfy(contents.holds) else {
            detail("\(names) by docker save: the files of the engine's image store are not within reach")
            report("\(targetName): loading \(names)")
            try await target.loadImages(try await source.saveImages(lacking.map(\.name)))
            return
        }
        let all = Set(records.flatMap(\.layers))
        let known = try await knownLayers(of: records)
        let text = "\(targetName): loading \(names), \(all.count - known.count) of \(all.count) layers"
        try await report.measuring(text) { progress in
            func load(omitting known: Set<Digest>) async throws {
                try await ImageArchive(images: records, contents: contents, omitting: known)
                    .load(onto: target, progress)
            }
            do { try await load(omitting: known) } catch let error as EngineError
                where !known.isEmpty && (error.code == .engineFailure || error.code == .badRequest)
            {
                detail("\(targetName): with all layers: \(error.message)")
                try await load(omitting: [])
            }
        }
    }

    /// The layers that the target has wherever they stand in these images.
    ///
    /// Only a classic store takes an archive without
    /// them; it knows a layer by the digest of it and all below.
    private func knownLayers(of records: [ImageRecord]) async throws -> Set<Digest> {
        guard records.allSatisfy(\.layerBlobs.isEmpty), !EngineRecord.usesContainerdStore(try await target.info().value)
        else { return [] }
        let chains = try await targetImages.chains()
        var known = Set<Digest>()
        var unknown = Set<Digest>()
        for record in records {
            for (layer, chain) in zip(record.layers, try ImageBlobs.chains(of: record.layers)) {
                if chains.contains(chain) { known.insert(layer) } else { unknown.insert(layer) }
            }
        }
        return known.subtracting(unknown)
    }
}
