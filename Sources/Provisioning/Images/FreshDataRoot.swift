// SPDX-License-Identifier: Apache-2.0
import DockerEngine
import EnvironmentModel
import Glibc
import JSONTree
import LiveEnvironment

/// Where the engine of a host that has not been started yet will keep its images, if these can be written there.
///
/// Only what is known to become a classic store with overlay2 is written to past the engine: everything else is left to
/// the engine, which loads the images.
struct FreshDataRoot: Sendable {
    let host: ProjectHost
    let engine: Engine
    let access: LocalDataAccess
    /// Called with why images are not written there.
    let detail: @Sendable (String) -> Void

    /// The folder at which engines keep their data unless told otherwise.
    private static let standard = "/var/lib/docker"
    /// From this version on a fresh engine has containerd's image store.
    private static let firstWithContainerd = 29

    /// The folder on this machine; nil where the images have to be loaded.
    func find() async throws -> String? {
        do {
            let root = try await folder()
            try await checkFileSystem(of: root)
            try await checkSettings()
            return root
        } catch let doubt as Doubt {
            detail("\(host.name): images are loaded by its engine: \(doubt.reason)")
            return nil
        }
    }

    private struct Doubt: Error {
        let reason: String
    }

    private func folder() async throws -> String {
        guard !host.container.isUp else { throw Doubt(reason: "it runs") }
        guard let mount = host.container.mounts.first(where: { $0.destination.withoutTrailingSlash == Self.standard }),
            mount.type == "bind" || mount.type == "volume", !mount.source.isEmpty
        else { throw Doubt(reason: "nothing is mounted at \(Self.standard)") }
        // What is written there is moved, and no link is followed for that.
        let folder = try await access.realPath(of: mount.source) ?? mount.source
        for name in ["image", "overlay2", "containerd"] {
            guard try await access.kind(of: folder.appendingPath(name)) == nil else {
                throw Doubt(reason: "an engine has run there before")
            }
        }
        return folder
    }

    /// An engine that finds folders of overlay2 insists on that driver, so it has to work there.
    private func checkFileSystem(of folder: String) async throws {
        let type = try await access.fileSystem(of: folder) ?? "unknown"
        guard ["ext4", "xfs"].contains(type) else { throw Doubt(reason: "the file system of \(folder) is \(type)") }
    }

    private func checkSettings() async throws {
        let arguments = [host.container.inspect["Path"].string ?? ""] + host.container.inspect["Args"].strings
        let options = [
            "--data-root", "--graph", "-g", "--storage-driver", "-s", "--config-file", "--feature", "--userns",
        ]
        if let option = arguments.first(where: { argument in options.contains { argument.hasPrefix($0) } }) {
            throw Doubt(reason: "its engine is started with \(option)")
        }
        let files = ContainerFiles(engine: engine, container: host.container.id)
        if let text = try await files.text("/etc/docker/daemon.json") {
            let settings = (try? JSONValue(parsing: Array(text.utf8)).object?.keys) ?? ["a daemon.json that is no JSON"]
            let telling = ["data-root", "graph", "storage-driver", "features", "userns-remap"]
            if let key = settings.first(where: { telling.contains($0) || $0.contains(" ") }) {
                throw Doubt(reason: "its engine is set up with \(key)")
            }
        }
    }

    /// Whether the engine in an image has the classic store where it starts afresh: its version tells.
    static func isClassic(image: String, on engine: Engine, detail: @Sendable (String) -> Void) async throws -> Bool {
        let body: JSONValue = [
            "Image": .string(image), "Entrypoint": ["dockerd"], "Cmd": ["--version"],
            "HostConfig": ["NetworkMode": "none"],
            "Labels": .object(JSONObject([HelperContainer.label: .string(String(getpid()))])),
        ]
        let id: String
        do { id = try await engine.createContainer(name: nil, body: body).id } catch let error as EngineError {
            detail("the version of the engine in \(image) is not known: \(error.message)")
            return false
        }
        do {
            let version = try await version(of: id, on: engine)
            try await engine.removeContainer(id, force: true, volumes: true)
            guard let version else { return false }
            return version < firstWithContainerd
        } catch {
            try? await engine.removeContainer(id, force: true, volumes: true)
            guard let error = error as? EngineError else { throw error }
            detail("the version of the engine in \(image) is not known: \(error.message)")
            return false
        }
    }

    private static func version(of container: String, on engine: Engine) async throws -> Int? {
        try await engine.startContainer(container)
        _ = try await engine.waitContainer(container, timeLimit: .after(.seconds(20)))
        var text = ""
        for try await chunk in try await engine.containerLogs(container, framing: .multiplexed) {
            text += String(decoding: chunk.bytes, as: UTF8.self)
        }
        return major(in: text)
    }

    /// The first number of `Docker version 26.1.5+dfsg1, build a72d7cd`.
    static func major(in text: String) -> Int? {
        guard let range = text.firstRange(of: "version ") else { return nil }
        return Int(text[range.upperBound...].prefix { $0.isASCII && $0.isNumber })
    }
}
