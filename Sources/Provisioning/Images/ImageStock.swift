// SPDX-License-Identifier: Apache-2.0
import DockerEngine
import EnvironmentModel
import JSONTree
import LiveEnvironment
import OCI
import Steps

/// The images of the outer engine: those that are there, those that the outer project builds, and those that it can pull.
struct ImageStock: Sendable {
    let engine: Engine
    let images: EngineImages
    /// The outer project, whose services build images.
    let model: ComposeModel
    /// Builds services of the outer project.
    let build: @Sendable ([String]) async throws -> Void
    let report: StepReport

    /// The image of a name; nil where the engine has none.
    func image(named name: String) async throws -> ImageRecord? {
        do { return try await images.image(named: name) } catch let error as LiveEnvironmentError
            where error.code == .dataOutOfReach
        {
            // Without its manifest it can still be compared and saved.
            guard let inspect = try await images.inspect(name), let id = inspect["Id"].string else { return nil }
            return ImageRecord(
                id: id, config: try Digest(parsing: id),
                layers: try inspect["RootFS"]["Layers"].strings.map { try Digest(parsing: $0) }, tags: [name],
                inspect: inspect)
        }
    }

    /// Brings what is needed onto the engine, as far as it can be had, and returns it by name.
    ///
    /// - Parameter canDoWithout: Whether a need is met otherwise, so that its image has not to be pulled.
    /// - Throws: `ProvisioningError` for an image that can be had nowhere.
    func obtain(
        _ needs: [ImageNeed], unless canDoWithout: @Sendable (ImageNeed) -> Bool = { _ in false }
    ) async throws -> [String: ImageRecord] {
        var found = try await present(needs)
        let lacking = needs.filter { found[$0.name] == nil }
        let builders = lacking.compactMap { builder(of: $0.name) }
        if !builders.isEmpty {
            try await build(Set(builders).sorted())
            found.merge(try await present(lacking)) { $1 }
        }
        let left = lacking.filter { need in
            found[need.name] == nil && !need.users.allSatisfy(\.isBuilt) && !canDoWithout(need)
        }
        try await SideBySide.forEach(left, atMost: 4) { try await pull($0) }
        found.merge(try await present(left)) { $1 }
        return found
    }

    private func present(_ needs: [ImageNeed]) async throws -> [String: ImageRecord] {
        let records = try await SideBySide.map(needs, atMost: 4) { need in
            (need.name, try await image(named: need.name))
        }
        return Dictionary(records.compactMap { name, record in record.map { (name, $0) } }) { $1 }
    }

    /// The service of the outer project that builds an image.
    private func builder(of name: String) -> String? {
        model.services.first { service in
            service.isBuilt && service.image.flatMap { try? Reference(parsing: $0) }?.familiar == name
        }?.name
    }

    private func pull(_ need: ImageNeed) async throws {
        report("pulling \(need.name)")
        do { try await engine.pullImage(need.name) } catch let error as EngineError {
            let user = need.users[0]
            throw ProvisioningError(
                .imageMissing,
                "\(user.place): no engine has the image \(need.name) of the service \(user.service), and it cannot be "
                    + "pulled: \(error.message)",
                hint: "build it (docker build -t \(need.name) …), give it to a service of the outer compose file that "
                    + "builds it, or pull it by hand after docker login", cause: nil)
        }
    }
}
