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
    /// Whether the engine in it is known to keep its images in the classic store with overlay2.
    let usesOverlay2: Bool
    /// The image whose layers are unpacked into the capsule, which itself is made from an empty one; nil where the
    /// capsule is made from the image.
    private(set) var unpacked: ImageRecord?

    /// The words by which a capsule is started.
    var arguments: [String] { entrypoint.strings + command.strings }

    /// Whether it came with the snapshot.
    var isOfSnapshot = false

    /// The name that is made for the capsule of a replay, and that goes with it.
    ///
    /// Each has its own: what is removed with one replay is never what another one is about to run from.
    static func name(for replay: String) -> String { "\(CapsuleImages.repository):\(replay)" }

    /// The image that was named, else the snapshot's own host image with the newest engine.
    ///
    /// - Throws: `ReplayError` where neither is to be had.
    static func choose(
        named name: String?, for captured: EngineRecord, replay: String, loader: ImageLoader, engine: Engine
    ) async throws -> CapsuleImage {
        if let name { return try await present(name, engine: engine) }
        guard let (host, image) = host(for: captured) else { return try await present("docker:dind", engine: engine) }
        let config = host.inspect["Config"]
        var chosen = CapsuleImage(
            reference: Self.name(for: replay), entrypoint: config["Entrypoint"], command: config["Cmd"],
            environment: config["Env"], usesOverlay2: host.engine?.info["Driver"].string == "overlay2",
            unpacked: image, isOfSnapshot: true)
        if try await loader.isPresent(image) { try await chosen.load(by: loader) }
        return chosen
    }

    /// The host with the newest engine, whose image is the capsule's where none is named.
    static func host(for captured: EngineRecord) -> (host: ContainerRecord, image: ImageRecord)? {
        let hosts = captured.hosts.sorted { newer($0.engine?.serverVersion ?? "", $1.engine?.serverVersion ?? "") }
        guard let host = hosts.first, let image = captured.image(host.imageID) else { return nil }
        return (host, image)
    }

    /// Brings the image onto the engine and makes the capsule from it.
    mutating func load(by loader: ImageLoader) async throws {
        guard let image = unpacked else { return }
        try await loader.load([image.untagged], tags: .only(reference))
        unpacked = nil
    }

    private static func present(_ name: String, engine: Engine) async throws -> CapsuleImage {
        do { _ = try await engine.inspectImage(name) } catch let error as EngineError where error.code == .notFound {
            throw ReplayError(
                .noCapsuleImage, "the capsule needs an image with an engine, and \(name) is not on \(engine.location)",
                hint: "docker pull \(name), or name one that is there: --capsule-image IMAGE", cause: error)
        }
        return CapsuleImage(
            reference: name, entrypoint: .null, command: .null, environment: .null, usesOverlay2: false)
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
