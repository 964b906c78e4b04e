// SPDX-License-Identifier: Apache-2.0
import Archive
import ArgumentParser
import Foundation
import JSONTree
import LiveEnvironment
import Steps
import Terminal

struct CpVerb: Verb {
    static let configuration = CommandConfiguration(
        commandName: "cp", abstract: "Copy files between a host or container of a replay and this machine.",
        discussion: """
            One of the two is REPLAY:PATH:/FILE, where PATH is HOST, HOST/CONTAINER or deeper, or "." for the capsule; the \
            other is a path of this machine. As with docker cp, a file or folder goes into a folder that is there, else it \
            takes the name that is given; a source that ends with /. stands for what is in the folder.

            What is fetched becomes yours: owners are kept with --archive alone, which needs root, and so are set-id bits. \
            Links stay what they are; nothing is written behind them. Device files are refused. What is copied into a \
            container keeps the numbers of its owners.

            EXAMPLES
              envsnap cp before:foo-host-corge/foo-app:/var/log/app.log .
              envsnap cp before:foo-host-corge/postgres:/etc/postgresql ./conf
              envsnap cp ./fixed.py before:foo-host-corge/foo-app:/srv/app/main.py

            \(exitStatusHelp(.notFound, .locked, .damaged, .unreachable))
            """)

    @Argument(help: "What to copy.")
    var source: String

    @Argument(help: "Where to.")
    var target: String

    @Flag(name: [.short, .long], help: "Keep owners and set-id bits of what is fetched.")
    var archive = false

    @OptionGroup var options: GlobalOptions

    func validate() throws {
        guard (ReplayFile(parsing: source) == nil) != (ReplayFile(parsing: target) == nil) else {
            throw ValidationError("one of the two is to be REPLAY:PATH:/FILE, the other a path of this machine")
        }
        if archive, geteuid() != 0 { throw ValidationError("--archive needs root, which alone can give files away") }
    }

    func run(_ context: CommandContext) async throws -> ExitStatus {
        let library = try context.openLibrary()
        let isFetched = ReplayFile(parsing: source) != nil
        guard let remote = ReplayFile(parsing: isFetched ? source : target) else { return .usage }
        let local = isFetched ? target : source
        if !isFetched { try checkLocal(local) }
        let running = try await context.running(remote.replay, in: library)
        let found = try await ExecTarget(running: running, library: library).find(remote.container)
        let files = ContainerFiles(engine: found.engine, container: found.container)
        context.report("copying \(source)")
        var data = JSONObject(["from": .string(source), "to": .string(target)])
        if isFetched {
            let entries = try await files.fetch(remote.path, to: local, owners: archive ? .archive : .extractor)
            data["entries"] = .int(Int64(entries))
        } else {
            try await files.bring(local, to: remote.path)
        }
        context.console.result(.object(data), lines: [])
        return .fine
    }

    private func checkLocal(_ path: String) throws {
        guard !FileManager.default.fileExists(atPath: path) else { return }
        // Swift gives such arguments with the bytes that are no UTF-8 replaced.
        let isRepaired = path.contains("\u{FFFD}")
        throw Failure(
            "noSuchFile", "there is no file or folder \(path) here",
            hint: isRepaired ? "its name is not UTF-8: copy the folder that it is in" : nil, status: .failed)
    }
}
