// SPDX-License-Identifier: Apache-2.0
import ArgumentParser
import LiveEnvironment
import Provisioning
import Terminal

struct UpVerb: Verb {
    static let configuration = CommandConfiguration(
        commandName: "up",
        abstract: "Bring up a compose project of hosts, and the compose projects inside them.",
        discussion: """
            Starts the project of a folder with the compose tool that is installed, and builds what has a build section \
            and is missing. Waits for the engine in each host and gives it the images that the project inside names: those \
            of the engine here, those that a service of the outer project builds, else those that can be pulled; only the \
            layers that it lacks. Then brings up the projects inside, by the compose tool in the host: each after the \
            hosts that it names by address. What is up already stays as it is.

            A host's project lies where x-envsnap: { project: /path } of its service says, else in its working folder, \
            else in the one folder mounted into it that has a compose file.

            EXAMPLES
              envsnap up                           the project of this folder
              envsnap up tools/reproductions/foo   another
              envsnap up --build                   build everything that has a build section

            \(exitStatusHelp(.unreachable))
            """)

    @Argument(help: "The folder of the outer compose project; this folder unless given.", completion: .directory)
    var folder: String?

    @Option(name: [.short, .long], help: "The project's name; as the compose tool chooses it unless given.")
    var projectName: String?

    @Option(
        help: "A container to take for a host whatever it looks like; may be repeated.",
        completion: Completions.hostsOfProject)
    var host: [String] = []

    @Flag(help: "Build what has a build section, also where its image is there.")
    var build = false

    @Option(
        help: ArgumentHelp(
            "How long an engine may take to answer, and containers to be healthy, in seconds.", valueName: "seconds"))
    var timeout = 120

    @OptionGroup var options: GlobalOptions

    func validate() throws {
        guard (1...86_400).contains(timeout) else {
            throw ValidationError("--timeout is a number of seconds from 1 to 86400")
        }
    }

    func run(_ context: CommandContext) async throws -> ExitStatus {
        let engine = try await context.connect()
        let working = context.workingDirectory
        let path = folder.map { $0.hasPrefix("/") ? $0 : working.appendingPath($0) } ?? working
        var request = ProvisionRequest(folder: path.resolvingDots)
        request.projectName = projectName
        request.rebuilds = build
        request.hosts = Set(host)
        request.timeLimit = .seconds(timeout)
        let provisioner = try await context.provisioner(of: engine)
        let project = try await provisioner.up(request)
        ProvisioningRendering(project: project).show(on: context.console)
        return project.problems.isEmpty ? .fine : .failed
    }
}
