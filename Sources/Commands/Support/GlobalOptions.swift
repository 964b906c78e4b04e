// SPDX-License-Identifier: Apache-2.0
public import ArgumentParser
import Terminal

/// The options that every verb takes.
struct GlobalOptions: ParsableArguments {
    @Option(help: ArgumentHelp("The folder of the store.", valueName: "dir"), completion: .directory)
    var store: String?

    @Flag(help: "Print the result as JSON.")
    var json = false

    @Option(
        help: ArgumentHelp(
            "How long to wait for another envsnap that holds the store or the replay.",
            discussion: "Unless given, a command that a gc holds up waits for 10 seconds, and all others not at all.",
            valueName: "seconds"))
    var lockWait: Int?

    @Option(help: "How progress is shown: auto, plain or none.")
    var progress: Console.Progress = .auto

    @Flag(name: [.short, .long], help: "Print results and errors only.")
    var quiet = false

    @Flag(name: [.short, .long], help: "Print details.")
    var verbose = false

    func validate() throws {
        if let lockWait, !(0...86_400).contains(lockWait) {
            throw ValidationError("--lock-wait is a number of seconds from 0 to 86400")
        }
    }
}

extension Console.Progress: ExpressibleByArgument {}
