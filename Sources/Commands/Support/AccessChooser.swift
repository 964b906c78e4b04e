// SPDX-License-Identifier: Apache-2.0
import DockerEngine
import Glibc
import JSONTree
import LiveEnvironment

/// Chooses how the files of the engine's machine are reached.
struct AccessChooser {
    let context: CommandContext
    let engine: Engine
    /// What becomes of the image that a helper is brought as.
    var imageUse = HelperContainer.ImageUse.once

    /// The environment variable that takes the choice: `direct` or `helper`.
    static let variable = "ENVSNAP_ACCESS"

    /// Runs a body with the access: directly where envsnap is root on the engine's machine, else by a helper container,
    /// which is removed afterwards.
    func with<Result>(_ body: (any DataAccess) async throws -> Result) async throws -> Result {
        switch context.environment[Self.variable] ?? "" {
        case "direct":
            guard try await isLocal() else {
                throw Failure(
                    "noAccess", "\(Self.variable) is direct, but the files of \(engine.location) are not within reach",
                    hint: "run envsnap as root on the engine's machine, or unset \(Self.variable)", status: .failed)
            }
            return try await body(LocalDataAccess())
        case "helper": return try await withHelper(body)
        case "": return try await isLocal() ? body(LocalDataAccess()) : withHelper(body)
        case let other:
            throw Failure(
                "badAccess", "\(Self.variable) is \"\(other)\"", hint: "set it to direct or helper, or not at all",
                status: .usage)
        }
    }

    /// The files of the engine's machine where they are this one's, and nil else, for what can be done without them.
    func local() async throws -> LocalDataAccess? {
        guard context.environment[Self.variable] != "helper" else { return nil }
        return try await isLocal() ? LocalDataAccess() : nil
    }

    private func withHelper<Result>(_ body: (any DataAccess) async throws -> Result) async throws -> Result {
        let isNear = if case .unix = engine.address { true } else { false }
        let helper = HelperContainer(
            engine: engine, compresses: !isNear, imageUse: imageUse, report: context.report)
        return try await helper.with(body)
    }

    /// Whether this machine's data-root is the engine's: it holds the folder of a container that the engine knows.
    ///
    /// An engine without containers is taken for local when its socket and its data-root are here.
    private func isLocal() async throws -> Bool {
        guard geteuid() == 0, case .unix = engine.address else { return false }
        let root = try await engine.info()["DockerRootDir"].string ?? ""
        guard let container = try await engine.listContainers().value[0]["Id"].string else { return isFolder(root) }
        return isFolder("\(root)/containers/\(container)")
    }

    private func isFolder(_ path: String) -> Bool {
        var status = stat()
        return stat(path, &status) == 0 && status.st_mode & S_IFMT == S_IFDIR
    }
}
