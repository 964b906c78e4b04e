// SPDX-License-Identifier: Apache-2.0
import DockerEngine
import JSONTree

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
        let name = name
        return {
            if let previous {
                try await engine.tagImage(previous, repository: repository, tag: tag)
            } else {
                _ = try await engine.removeImage(name)
            }
        }
    }

    private func currentID() async throws -> String? {
        do { return try await engine.inspectImage(name).value["Id"].string } catch let error as EngineError
            where error.code == .notFound
        {
            return nil
        }
    }
}
