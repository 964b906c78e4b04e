// SPDX-License-Identifier: Apache-2.0
public import ArgumentParser
import Terminal

/// The options that every verb takes.
struct GlobalOptions: ParsableArguments {
    @Option(help: ArgumentHelp("The folder of the store.", valueName: "dir"), completion: .directory)
    var store: String?

    @Flag(help: "Print the result as JSON.")
    var json = false

    @Option(help: "How progress is shown: auto, plain or none.")
    var progress: Console.Progress = .auto

    @Flag(name: [.short, .long], help: "Print results and errors only.")
    var quiet = false

    @Flag(name: [.short, .long], help: "Print details.")
    var verbose = false
}

extension Console.Progress: ExpressibleByArgument {}
