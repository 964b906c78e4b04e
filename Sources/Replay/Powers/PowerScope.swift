// SPDX-License-Identifier: Apache-2.0
import EnvironmentModel
import JSONTree
import LiveEnvironment

/// What has to be known of an engine to tell the powers in the requests that it gets.
struct PowerScope: Sendable {
    /// What the engine runs on.
    enum Place: Sendable {
        /// The machine itself: a direct replay.
        case machine
        /// The capsule.
        case capsule
        /// A host of the environment.
        case host
    }

    let place: Place
    let captured: EngineRecord
    /// The compose project.
    let project: String
    /// The names of the hosts to pass through.
    let hosts: [String]
    /// The folder below which bind sources lie; nil where they are at their own paths.
    let folder: String?
    /// Where bind sources lie, by the captured path.
    let movedSources: [String: String]
    /// The engine's default runtime.
    var defaultRuntime = "runc"
    /// Ids of the snapshot's containers on the engine, by the captured ones.
    var containerIDs: [String: String] = [:]
    /// Ids of the snapshot's images on the engine, by the captured ones.
    var imageIDs: [String: String] = [:]
    /// New names of anonymous volumes.
    var volumeNames: [String: String] = [:]
    /// The folders into which containers may write.
    private(set) var writable: Set<String> = []

    /// The scope of an outermost engine.
    init(document: EnvironmentDocument, folder: String?, movedSources: [String: String]) {
        place = folder == nil ? .capsule : .machine
        captured = document.engine
        project = document.project.name
        hosts = []
        self.folder = folder
        self.movedSources = movedSources
        findWritable()
    }

    private init(host: String, engine: EngineRecord, outer: PowerScope) {
        place = .host
        captured = engine
        project = outer.project
        hosts = outer.hosts + [host]
        folder = nil
        movedSources = [:]
        findWritable()
    }

    /// The scope of the engine in a host of this engine.
    func inside(_ host: ContainerRecord) -> PowerScope? {
        host.engine.map { PowerScope(host: element(for: host), engine: $0, outer: self) }
    }

    /// The path of a container, as it is called on the command line.
    func path(of container: ContainerRecord) -> String { path(element(for: container)) }

    /// The path of a network or a volume.
    func path(named name: String) -> String { path(PowerText.element(name)) }

    private func path(_ element: String) -> String { (hosts + [element]).joined(separator: "/") }

    /// The service, where nothing else can be meant by it, else the name.
    private func element(for container: ContainerRecord) -> String {
        let service = captured.callName(of: container)
        let isTaken = captured.containers.contains { $0.id != container.id && $0.name == service }
        return PowerText.element(isTaken ? container.name : service)
    }

    private mutating func findWritable() {
        let context = RecipeContext(
            captured: captured, targetInfo: .null, targetAPIMinor: 41, hasRandomAddresses: false,
            movedSources: movedSources)
        for container in captured.containers {
            let host = HostConfigRecipe(container: container, context: context).body
            for bind in BindSource.all(in: host) where bind.isPath && bind.isWritable { writable.insert(bind.source) }
        }
        for case .bind(let device) in captured.volumes.map(\.backing) {
            writable.insert((movedSources[device.withoutTrailingSlash] ?? device).normalPath)
        }
    }

    /// What a container that owns the engine's machine owns.
    var owned: String {
        place == .machine ? "the machine" : place == .capsule ? "the capsule, and so the machine" : "its host"
    }
    /// What the engine runs on, in a sentence.
    var ground: String { place == .machine ? "the machine" : place == .capsule ? "the capsule" : "its host" }

    /// Whether a container is the snapshot's own, by its id or name.
    func knows(container idOrName: String) -> Bool {
        containerIDs.values.contains(idOrName) || captured.containers.contains { $0.name == idOrName }
    }

    /// Whether a network is the snapshot's own, or one that every engine gives to anybody.
    func knows(network name: String) -> Bool {
        ["", "default", "bridge", "none"].contains(name)
            || name != "host" && captured.networks.contains { $0.name == name }
    }

    /// Whether a volume is the snapshot's own.
    func knows(volume name: String) -> Bool {
        name.isEmpty || captured.volumes.contains { $0.name == name } || volumeNames.values.contains(name)
    }

    /// Whether a request names an image that came with the snapshot.
    func knowsImage(_ name: String, of container: ContainerRecord) -> Bool {
        guard captured.image(container.imageID) != nil else { return false }
        let isID =
            name.hasPrefix("sha256:") || name.contains("@")
            || name.utf8.count == 64 && name.allSatisfy(\.isHexDigit)
        return !isID || imageIDs.values.contains(name)
    }
}
