// SPDX-License-Identifier: Apache-2.0
import ArgumentParser
import Catalogue
import DockerEngine
import EnvironmentModel
import JSONTree
import LiveEnvironment
import OCI
import Replay
import Snapshots
import Terminal

struct ReplayVerb: Verb {
    static let configuration = CommandConfiguration(
        commandName: "replay", abstract: "Recreate the environment of a snapshot and compare the two.",
        discussion: """
            A replay lives in a capsule: a container with an engine of its own, in which names, paths, subnets, \
            addresses and ports are those that were captured. Any number of replays stand side by side.

            EXAMPLES
              envsnap replay before              a replay of the snapshot named "before"
              envsnap replay 3f2a --as second    another one, under a name
              envsnap replay before.envsnap      a bundle; it is imported first
              envsnap replay oci://registry.example/team/foo:before

            A snapshot that was captured here is replayed without questions. One that came from elsewhere may do what an \
            ordinary container may; what it asks for beyond that is listed, and refused until it is allowed, each power \
            for each container.

            \(exitStatusHelp(.differs, .refused, .notFound, .locked, .damaged, .unreachable))
            """)

    @Argument(help: SnapshotSource.help, completion: Completions.snapshotsAndBundles)
    var snapshot: String

    @Option(name: .customLong("as"), help: "A name for the replay.")
    var name: String?

    @Flag(help: "Recreate it on the engine itself, without a capsule.")
    var direct = false

    @Option(help: ArgumentHelp("An image with an engine, for the capsule.", valueName: "image"))
    var capsuleImage: String?

    @Option(
        help: ArgumentHelp("A power that a snapshot from elsewhere may have; repeated.", valueName: "power=path"),
        completion: Completions.powers)
    var allow: [String] = []
    @Option(
        help: ArgumentHelp(
            "A TCP port of a container to be reached at 127.0.0.1; may be repeated.",
            valueName: "host/container:port=localport"),
        completion: Completions.portsInSnapshot)
    var publish: [String] = []

    @Option(help: "What to wait for: healthy.")
    var wait: Wait?

    @Flag(help: "Say what stands in the way, and make nothing.")
    var dryRun = false

    @Option(
        name: .customLong("identity"),
        help: ArgumentHelp("The file of a key that decrypts the bundle; may be repeated.", valueName: "file"),
        completion: .file())
    var identities: [String] = []

    @OptionGroup var signer: SignerOptionGroup
    @OptionGroup var options: GlobalOptions

    func validate() throws {
        for text in publish where Publication(parsing: text) == nil {
            throw ValidationError("a port is published by HOST/CONTAINER:PORT=LOCALPORT, not \"\(text)\"")
        }
        let locals = publish.compactMap { Publication(parsing: $0)?.localPort }
        guard Set(locals).count == locals.count else { throw ValidationError("a local port is named twice") }
        guard publish.isEmpty || !direct else {
            throw ValidationError("--publish is for capsules: a direct replay has the ports that were captured")
        }
    }

    enum Wait: String, ExpressibleByArgument { case healthy }

    func run(_ context: CommandContext) async throws -> ExitStatus {
        let library = try context.openLibrary()
        try await LeftoverPauses(context: context, library: library).release()
        let record = try await context.obtain(
            snapshot, in: library, identities: identities, signer: signer.requirement(context.environment))
        let name = try replayName(record.name ?? String(record.id.hex.prefix(8)), in: library)
        var request = ReplayRequest(snapshot: record.id, name: name)
        request.mode = direct ? .direct : .capsule
        request.capsuleImage = capsuleImage
        request.publications = publish.compactMap(Publication.init(parsing:))
        request.allowed = Set(allow)
        let consent = PowerConsent(
            snapshot: record, asked: try Replayer.powers(request, from: library), allowed: allow)
        try consent.refuseUnknown()
        if !dryRun { try consent.refuseMissing() }
        let engine = try await context.connect()
        if record.origin != nil { OldEngine(version: engine.version.value).warn(context.console) }
        return try await AccessChooser(context: context, engine: engine, imageUse: .again).with { access in
            try await replay(consent, by: request, on: engine, from: library, by: access, context)
        }
    }

    private func replay(
        _ consent: PowerConsent, by request: ReplayRequest, on engine: Engine, from library: SnapshotLibrary,
        by access: any DataAccess, _ context: CommandContext
    ) async throws -> ExitStatus {
        let name = request.name
        let replayer = Replayer(
            engine: engine, library: library, access: access, engineAddress: try context.engineAddress().description,
            report: context.report)
        if dryRun {
            try await replayer.preflight(request)
            context.console.result(
                [
                    "replay": .string(name), "snapshot": .string(request.snapshot.hex), "powers": consent.json,
                ], lines: consent.lines + ["nothing stands in the way of the replay \(name)"])
            return .fine
        }
        return ReplayRendering(result: try await replayer.replay(request), outcome: "runs").show(context, options)
    }

    /// The name that was asked for, or the snapshot's, with a number where that is taken.
    private func replayName(_ base: String, in library: SnapshotLibrary) throws -> String {
        if let name {
            guard name.isReplayName else {
                throw Failure(
                    "badName", "\"\(name)\" cannot be a replay's name",
                    hint: "use up to 128 letters, digits, '.', '_' and '-', and begin with a letter or digit",
                    status: .usage)
            }
            return name
        }
        let stem = base.replayStem
        // One that a killed run left half made is removed when it is made again.
        let taken = Set(
            try library.catalogue.replays().filter { record in
                try record.state != "building" || library.isAtWork(onReplay: record.name)
            }.map(\.name))
        if !taken.contains(stem) { return stem }
        return (2...).lazy.map { "\(stem)-\($0)" }.first { !taken.contains($0) } ?? stem
    }
}
