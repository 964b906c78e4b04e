// SPDX-License-Identifier: Apache-2.0
import DockerEngine
import EnvironmentModel
import JSONTree
import OCI
import Snapshots

/// The image a capsule runs from, and how its engine is started.
struct CapsuleImage: Sendable {
    /// The image's name or id on the engine that runs the capsule.
    let reference: String
    /// `Entrypoint`, `Cmd` and `Env` of the capsule; null stands for the image's own.
    let entrypoint: JSONValue
    let command: JSONValue
    let environment: JSONValue
    /// Whether the image was sent for this replay and goes with it.
    let isLoaded: Bool

    /// The image that was named, else the snapshot's own host image with the newest engine.
    ///
    /// - Throws: `ReplayError` where neither is to be had.
    static func choose(
        named name: String?, for captured: EngineRecord, loader: ImageLoader, engine: Engine
    ) async throws -> CapsuleImage {
        if let name { return try await present(name, engine: engine) }
        let hosts = captured.hosts.sorted { newer($0.engine?.serverVersion ?? "", $1.engine?.serverVersion ?? "") }
        guard let host = hosts.first, let image = captured.image(host.imageID) else {
            return try await present("docker:dind", engine: engine)
        }
        let tag = "envsnap/capsule:\(image.config.short)"
        let loaded = try await loader.load([image.untagged], tags: .only(tag))
        let config = host.inspect["Config"]
        return CapsuleImage(
            reference: tag, entrypoint: config["Entrypoint"], command: config["Cmd"], environment: config["Env"],
            isLoaded: !loaded.sent.isEmpty)
    }

    private static func present(_ name: String, engine: Engine) async throws -> CapsuleImage {
        do { _ = try await engine.inspectImage(name) } catch let error as EngineError where error.code == .notFound {
            throw ReplayError(
                .noCapsuleImage, "the capsule needs an image with an engine, and \(name) is not on \(engine.location)",
                hint: "docker pull \(name), or name one that is there: --capsule-image IMAGE", cause: error)
        }
        return CapsuleImage(
            reference: name, entrypoint: .null, command: .null, environment: .null, isLoaded: false)
    }

    /// Whether one engine version is newer than another, by its numbers.
    private static func newer(_ left: String, _ right: String) -> Bool {
        func numbers(_ version: String) -> [Int] {
            version.split(separator: ".").map { Int($0.prefix(while: \.isNumber)) ?? 0 }
        }
        return numbers(right).lexicographicallyPrecedes(numbers(left))
    }
}

extension ImageRecord {
    /// The image without its tags, which on the engine of the machine may belong to other images by now.
    var untagged: ImageRecord {
        var image = self
        image.tags = []
        return image
    }
}
