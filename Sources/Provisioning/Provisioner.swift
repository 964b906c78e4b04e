// SPDX-License-Identifier: Apache-2.0
public import DockerEngine
import EnvironmentModel
import JSONTree
public import LiveEnvironment
public import Steps

/// Brings up a compose project whose containers are hosts, and the projects inside them.
public struct Provisioner: Sendable {
    let engine: Engine
    let access: LocalDataAccess?
    private let environment: [String: String]
    let report: StepReport
    let detail: @Sendable (String) -> Void

    /// - Parameters:
    ///   - engine: The outer engine.
    ///   - access: The files of its machine, where they are this machine's; without them images go by `docker save`.
    ///   - environment: The variables that the compose tool gets.
    ///   - report: Called with what is being done and with every change of state.
    ///   - detail: Called with why something is done in a slower way.
    public init(
        engine: Engine, access: LocalDataAccess?, environment: [String: String],
        report: StepReport, detail: @escaping @Sendable (String) -> Void
    ) {
        self.engine = engine
        self.access = access
        self.environment = environment
        self.report = report
        self.detail = detail
    }

    /// Brings the project up: its own containers, then the projects of its hosts with their images.
    ///
    /// What is up already stays as it is.
    ///
    /// - Throws: `ProvisioningError`, or `LiveEnvironmentError` for an engine that does not answer.
    public func up(_ request: ProvisionRequest) async throws -> ProvisionedProject {
        do { return try await bringUp(request) } catch {
            guard Task.isCancelled else { throw error }
            throw ProvisioningError(
                .interrupted, "interrupted; what was started so far goes on", hint: "envsnap up goes on from there")
        }
    }

    private func bringUp(_ request: ProvisionRequest) async throws -> ProvisionedProject {
        report("reading \(request.folder)")
        let outer = try await OuterProject(request, engine: engine, environment: environment, report: report)
        try await build(outer, request)
        let finder = HostFinder(engine: engine, model: outer.model, named: request.hosts)
        var written: [String: [String]] = [:]
        if try await isNew(outer) {
            try await outer.run(["up", "--no-start"], "making the containers of \(outer.name)")
            written = try await fill(finder.hosts(among: outer.containers()), of: outer)
        }
        try await outer.run(["up", "-d"], "starting the containers of \(outer.name)")
        let awake = try await SideBySide.map(finder.hosts(among: outer.containers()), atMost: 16) { host in
            report("\(host.name): waiting for its engine")
            let found = try await AwakeHost.awake(host, of: engine, access, within: request.timeLimit, detail: detail)
            report("\(host.name): its engine answers")
            return found
        }
        let sent = try await send(to: awake, of: outer)
        try await bringUpProjects(of: awake)
        return try await result(outer, awake, sent.merging(written) { $0 + $1 }, request)
    }

    // MARK: The outer project

    /// Whether a host has still to be made or started, so that its project can be looked at and its engine be given images
    /// before.
    private func isNew(_ outer: OuterProject) async throws -> Bool {
        let containers = try await outer.containers()
        let privileged = containers.filter { $0.inspect["HostConfig"]["Privileged"].bool == true }
        return privileged.isEmpty || privileged.contains { !$0.isUp }
    }

    /// Builds what `up` would build one after the other, and everything where that is asked for.
    private func build(_ outer: OuterProject, _ request: ProvisionRequest) async throws {
        let built = outer.model.started.filter(\.isBuilt)
        if request.rebuilds { return try await outer.build(built.map(\.name)) }
        let images = EngineImages(engine: engine, access: nil)
        var lacking: [String] = []
        for service in built {
            if let image = service.image, try await images.inspect(image) == nil { lacking.append(service.name) }
        }
        try await outer.build(lacking)
    }

    // MARK: Images

    private func stock(_ outer: OuterProject) -> ImageStock {
        ImageStock(
            engine: engine, images: EngineImages(engine: engine, access: access), model: outer.model,
            build: { try await outer.build($0) }, report: report)
    }

    /// Writes the images of hosts that have not run yet below their engines' data-roots; returns their names.
    private func fill(_ hosts: [ProjectHost], of outer: OuterProject) async throws -> [String: [String]] {
        guard let access else { return [:] }
        let fresh = try await freshRoots(of: hosts.filter { $0.project != nil }, access)
        guard !fresh.isEmpty else { return [:] }
        let needs = try ImageNeed.all(of: fresh.map(\.host))
        let found = try await stock(outer).obtain(needs)
        let filler = DataRootFiller(
            images: EngineImages(engine: engine, access: access), access: access, detail: detail)
        let filled = try await SideBySide.map(fresh) { host, root in
            let names = needs.filter { need in need.users.contains { $0.host == host.name } }.map(\.name)
            let records = names.compactMap { found[$0] }
            report("\(host.name): unpacking \(names.joined(separator: ", "))")
            let isFilled = try await filler.fill(root, with: records)
            return (host.name, isFilled ? names.filter { found[$0] != nil } : [])
        }
        return Dictionary(filled) { $1 }
    }

    private func freshRoots(
        of hosts: [ProjectHost], _ access: LocalDataAccess
    ) async throws -> [(host: ProjectHost, root: String)] {
        var fresh: [(host: ProjectHost, root: String)] = []
        for host in hosts {
            let root = try await FreshDataRoot(host: host, engine: engine, access: access, detail: detail).find()
            if let root { fresh.append((host, root)) }
        }
        let images = Set(fresh.map(\.host.container.imageID)).sorted()
        let classic = try await SideBySide.map(images, atMost: 4) { image in
            try await FreshDataRoot.isClassic(image: image, on: engine, detail: detail) ? image : nil
        }
        return fresh.filter { classic.contains($0.host.container.imageID) }
    }

    /// Gives each engine the images that it still lacks; returns the names of those that were sent, by host.
    private func send(to hosts: [AwakeHost], of outer: OuterProject) async throws -> [String: [String]] {
        let needs = try ImageNeed.all(of: hosts.map(\.host))
        guard !needs.isEmpty else { return [:] }
        let listed = try await SideBySide.map(hosts, atMost: 8) { ($0.host.name, try await $0.imageNames()) }
        let present = Dictionary(listed) { $1 }
        let found = try await stock(outer).obtain(needs) { need in
            need.users.allSatisfy { $0.isBuilt || present[$0.host]?.contains(need.name) == true }
        }
        let images = EngineImages(engine: engine, access: access)
        let sent = try await SideBySide.map(hosts, atMost: 4) { awake in
            let name = awake.host.name
            let wanted = needs.filter { need in
                // What the host has built itself is newer than what is here.
                need.users.contains { $0.host == name && !($0.isBuilt && present[name]?.contains(need.name) == true) }
            }
            let sender = ImageSender(
                source: engine, images: images, target: awake.engine, targetName: name, report: report, detail: detail)
            let records = wanted.compactMap { need in found[need.name].map { (need.name, $0) } }
            return (name, try await sender.send(Dictionary(records) { $1 }))
        }
        return Dictionary(sent) { $1 }
    }

    // MARK: The projects of hosts

    private func bringUpProjects(of hosts: [AwakeHost]) async throws {
        let order = ProjectOrder(
            hosts.filter { $0.host.project != nil }.map { awake in
                ProjectOrder.Member(
                    host: awake.host.name, addresses: awake.host.addresses, names: awake.host.names,
                    dependencies: awake.host.dependencies, services: awake.host.project?.services ?? [])
            })
        for stage in order.stages() {
            try await SideBySide.forEach(stage, atMost: 8) { step in
                guard let awake = hosts.first(where: { $0.host.name == step.host }) else { return }
                if let early = step.services {
                    let running = try await awake.watch(.zero, report: report).states()
                    let names = Set(running.filter { $0.phase == .well }.map(\.service))
                    if names.isSuperset(of: early) { return }
                }
                try await awake.up(step.services, report: report)
            }
        }
    }

    private func result(
        _ outer: OuterProject, _ hosts: [AwakeHost], _ images: [String: [String]], _ request: ProvisionRequest
    ) async throws -> ProvisionedProject {
        let watched = try await SideBySide.map(hosts, atMost: 16) { awake in
            let watch = awake.watch(request.timeLimit, report: report)
            let states = awake.host.project == nil ? [] : try await watch.settled()
            return (awake, states, await problems(states, watch, request))
        }
        let watch = ServiceWatch(
            engine: engine, filters: ["label": ["com.docker.compose.project=\(outer.name)"]], prefix: "",
            limit: request.timeLimit, report: report)
        let ids = Set(hosts.map(\.host.container.id))
        let own = try await watch.settled().filter { !ids.contains($0.id) }
        let found = watched.map { awake, states, _ in
            ProvisionedProject.Host(
                name: awake.host.name, addresses: awake.host.addresses.sorted(),
                engineVersion: awake.engine.version["Version"].string ?? "unknown",
                project: awake.host.project?.folder, images: (images[awake.host.name] ?? []).sorted(), services: states)
        }
        return ProvisionedProject(
            name: outer.name, folder: outer.folder.path, hosts: found.sorted { $0.name < $1.name }, services: own,
            problems: watched.flatMap(\.2) + (await problems(own, watch, request)))
    }

    private func problems(
        _ states: [ServiceState], _ watch: ServiceWatch, _ request: ProvisionRequest
    ) async -> [String] {
        var problems: [String] = []
        for state in states where state.phase != .well {
            let what = "\(watch.prefix)\(state.service) is "
            let late = "still \(state.state) after \(request.timeLimit.components.seconds) s"
            let words = await watch.lastWords(of: state.id)
            problems.append(
                what + (state.phase == .changing ? late : state.state)
                    + (words.isEmpty ? "" : "; it wrote last: \(words)"))
        }
        return problems
    }
}
