// SPDX-License-Identifier: Apache-2.0
import DockerEngine
import JSONTree
import LiveEnvironment

/// The name in a container's `Config.Image`, which may point to another image by now.
///
/// A container keeps the name it was made from and the id of the image that the name meant then. To get both again, the
/// name is made to point to that image for the moment of creation.
struct ImageName: Sendable {
    private let name: String
    private let engine: Engine

    init(_ name: String, engine: Engine) {
        self.name = name
        self.engine = engine
    }

    /// Makes the name point to an image; what is returned puts it back to what it was.
    func point(to image: String) async throws -> @Sendable () async throws -> Void {
        let previous = try await currentID()
        guard previous != image, !name.hasPrefix("sha256:"), !name.contains("@") else { return {} }
        let (repository, tag) = name.repositoryAndTag
        try await engine.tagImage(image, repository: repository, tag: tag)
        let engine = engine
        return {
            if let previous {
                try await engine.tagImage(previous, repository: repository, tag: tag)
            } else {
                try await Self.forget(repository, tag, on: engine)
            }
        }
    }

    /// Takes a name away from an image that containers use.
    ///
    /// Removing an image's last name is refused where a container uses it, and with force the image itself goes where
    /// that container does not run. So the name is given to an empty image, and goes with that. It is given by a tag:
    /// containerd's image store keeps an image without names when a tag takes its last one, and loses it when an import
    /// does.
    private static func forget(_ repository: String, _ tag: String, on engine: Engine) async throws {
        let empty = try SmallArchive(file: "empty", mode: 0o644, content: [])
        let id = try await engine.importImage(empty.stream)
        try await engine.tagImage(id, repository: repository, tag: tag)
        _ = try await engine.removeImage("\(repository):\(tag)")
    }

    private func currentID() async throws -> String? {
        do { return try await engine.inspectImage(name).value["Id"].string } catch let error as EngineError
            where error.code == .notFound
        {
            return nil
        }
    }
}
