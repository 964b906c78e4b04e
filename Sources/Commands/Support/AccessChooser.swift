// SPDX-License-Identifier: Apache-2.0
import DockerEngine
import Glibc
import JSONTree
import LiveEnvironment

/// Chooses how the files of the engine's machine are reached.
struct AccessChooser {
    let context: CommandContext
    let engine: Engine

    /// Directly, where envsnap is root on the engine's machine; else by a helper container.
    func choose() async throws -> any DataAccess {
        if context.environment["ENVSNAP_DATA_ACCESS"] != "helper", try await isLocal() { return LocalDataAccess() }
        throw Failure(
            "noAccess", "the files of \(engine.location) are out of reach",
            hint: "run envsnap as root on the engine's machine: sudo envsnap …", status: .failed)
    }

    /// Whether this machine's data-root is the engine's: it holds the folder of a container that the engine knows.
    ///
    /// An engine without containers is taken for local when its socket and its data-root are here.
    private func isLocal() async throws -> Bool {
        guard geteuid() == 0, case .unix = try context.engineAddress() else { return false }
        let root = try await engine.info()["DockerRootDir"].string ?? ""
        guard let container = try await engine.listContainers().value[0]["Id"].string else { return isFolder(root) }
        return isFolder("\(root)/containers/\(container)")
    }

    private func isFolder(_ path: String) -> Bool {
        var status = stat()
        return stat(path, &status) == 0 && status.st_mode & S_IFMT == S_IFDIR
    }
}
