// SPDX-License-Identifier: Apache-2.0
public import ArgumentParser
import Capture
import Catalogue
import DockerEngine
import EnvironmentModel
import JSONTree
import LiveEnvironment
import OCI
import Snapshots
import Terminal

struct CaptureVerb: Verb {
    static let configuration = CommandConfiguration(
        commandName: "capture", abstract: "Record a running compose project and everything inside its hosts.",
        discussion: """
            The environment stays as it is: containers are paused while their data is read, and go on afterwards. \
            A host, a container with an engine of its own, is never paused.

            EXAMPLES
              envsnap capture                      the project of this folder, or the only one that runs
              envsnap capture foo --name before    the project foo, under a name
              envsnap capture foo --probe 'foo-host-corge/foo-app: nc -vz redis 6379'
                                                   with a command whose outcome a replay has to reproduce

            \(exitStatusHelp(.incomplete, .locked, .damaged, .unreachable))
            """)

    @Argument(help: "The compose project: its name or its folder.", completion: Completions.runningProjects)
    var project: String?

    @Option(help: "A name for the snapshot.")
    var name: String?

    @Option(name: [.short, .long], help: "A message for the snapshot.")
    var message: String?

    @Option(help: ArgumentHelp("A tag for the snapshot; may be repeated.", valueName: "key=value"))
    var tag: [String] = []

    @Option(
        help: "A container to take for a host whatever it looks like; may be repeated.",
        completion: Completions.hostsOfProject)
    var host: [String] = []

    @Option(help: ArgumentHelp("A path or a volume to leave out; may be repeated.", valueName: "path|volume"))
    var exclude: [String] = []

    @Option(help: "What stands still while data is read: leaves or none.")
    var pause: CaptureRequest.Pause = .leaves

    @Option(
        help: ArgumentHelp(
            "A command to run in a container after its data was read; may be repeated.",
            discussion: "Its exit status and output are recorded, and replay and verify run it again.",
            valueName: "path: command"))
    var probe: [String] = []

    @Option(help: ArgumentHelp("How long a probe may take, in seconds.", valueName: "seconds"))
    var probeTimeout = 30

    @Flag(help: "Say what would be captured, and change nothing.")
    var dryRun = false

    @OptionGroup var options: GlobalOptions

    func validate() throws {
        for tag in tag where !tag.contains("=") { throw ValidationError("a tag is KEY=VALUE, not \"\(tag)\"") }
        for probe in probe where ProbeRequest(parsing: probe) == nil {
            throw ValidationError("a probe is 'HOST/CONTAINER: COMMAND', not \"\(probe)\"")
        }
        guard (1...600).contains(probeTimeout) else {
            throw ValidationError("--probe-timeout is a number of seconds from 1 to 600")
        }
    }

    func run(_ context: CommandContext) async throws -> ExitStatus {
        let engine = try await context.connect()
        let project = try await ProjectFinder(engine: engine)
            .find(project, workingDirectory: context.workingDirectory)
        let library = try context.openLibrary()
        try await LeftoverPauses(context: context, library: library).release()
        if let name, let taken = try library.catalogue.snapshot(named: name) {
            throw Failure(
                "nameTaken", "the name \"\(name)\" belongs to the snapshot \(taken.id.short)",
                hint: "choose another, or remove that one: envsnap rm \(name)", status: .failed)
        }
        return try await AccessChooser(context: context, engine: engine).with { access in
            try await capture(project, of: engine, into: library, by: access, context)
        }
    }

    private func capture(
        _ project: ProjectRecord, of engine: Engine, into library: SnapshotLibrary, by access: any DataAccess,
        _ context: CommandContext
    ) async throws -> ExitStatus {
        let capturer = Capturer(
            engine: engine, library: library, access: access, toolVersion: EnvSnapCommand.version,
            report: context.report, detail: { context.console.detail($0) })
        let request = request(project, context)
        if dryRun {
            let (environment, plan) = try await capturer.plan(request)
            context.console.result(
                PlanRendering.json(environment, plan, probes: request.probes),
                lines: PlanRendering.lines(environment, plan, probes: request.probes))
            return .fine
        }
        let result = try await capturer.capture(request)
        CaptureRendering(result: result).show(on: context.console)
        return result.document.isComplete ? .fine : .incomplete
    }

    private func request(_ project: ProjectRecord, _ context: CommandContext) -> CaptureRequest {
        var request = CaptureRequest(project: project)
        request.name = name
        request.message = message
        for tag in tag {
            let parts = tag.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
            request.tags[String(parts[0])] = String(parts[1])
        }
        request.hosts = Set(host)
        request.exclusions = exclude.map { path in
            path.contains("/") && !path.hasPrefix("/")
                ? context.workingDirectory.appendingPath(path).resolvingDots : path.withoutTrailingSlash
        }
        request.pause = pause
        request.probes = probe.compactMap(ProbeRequest.init(parsing:))
        request.probeTimeLimit = .seconds(probeTimeout)
        return request
    }
}

extension CaptureRequest.Pause: ExpressibleByArgument {}
