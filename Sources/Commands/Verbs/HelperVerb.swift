// SPDX-License-Identifier: Apache-2.0
import ArgumentParser
import LiveEnvironment
import SystemPackage

/// What envsnap runs in a helper container; of no use to people.
struct HelperVerb: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "helper", abstract: "Serve the files of this machine to another envsnap.", shouldDisplay: false)

    @Flag(help: "Compress the data on its way.")
    var compress = false

    func run() async throws {
        let program = try HelperServer.enterMachine()
        try await HelperServer(
            input: .standardInput, output: .standardOutput, program: program, compresses: compress
        ).run()
    }
}
