// SPDX-License-Identifier: Apache-2.0
import ArgumentParser
import EnvironmentModel
import JSONTree
import LiveEnvironment
import Provisioning
import Terminal

struct LoadVerb: Verb {
    static let configuration = CommandConfiguration(
        commandName: "load", abstract: "Send images of the engine here to the engines in hosts.",
        discussion: """
            Each host gets the images that its engine lacks, and of these the layers that it lacks. Hosts are named by \
            their service or container, by --host or behind the images; without any, all hosts of the project that run \
            get the images.

            EXAMPLES
              envsnap load bar-company/foo-app:dev                         to all hosts of the project
              envsnap load bar-company/foo-app:dev redis foo-host-grault   two images to one host
              envsnap load web --host web                                  where a host and an image share a name

            \(exitStatusHelp(.unreachable))
            """)

    @Argument(help: ArgumentHelp("Images, and behind them hosts.", valueName: "image … host"))
    var words: [String]

    @Option(
        help: "A host; may be repeated. With it everything else is an image.", completion: Completions.hostsOfProject)
    var host: [String] = []

    @Option(help: "The compose project, its name or its folder, unless it is the one of this folder or the only one.")
    var project: String?

    @OptionGroup var options: GlobalOptions

    func run(_ context: CommandContext) async throws -> ExitStatus {
        let engine = try await context.connect()
        let found = try await ProjectFinder(engine: engine)
            .find(project, workingDirectory: context.workingDirectory)
        let hosts = try await context.provisioner(of: engine).load(words, hosts: host, of: found)
        let data: JSONValue = ["project": .string(found.name), "hosts": .array(hosts.map(\.json))]
        context.console.result(data, lines: hosts.flatMap(lines))
        return .fine
    }

    private func lines(_ host: LoadedHost) -> [String] {
        host.sent.map { "\(host.name): loaded \($0)".safeForTerminal }
            + host.present.map { "\(host.name): has \($0) already".safeForTerminal }
    }
}
