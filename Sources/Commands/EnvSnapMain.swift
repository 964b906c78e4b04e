// SPDX-License-Identifier: Apache-2.0
import ArgumentParser
import CLinux
import Dispatch
import Foundation
import JSONTree
import LiveEnvironment
import Terminal

/// Runs the command line: parses it, runs the verb, and ends with its exit status.
public enum EnvSnapMain {
    /// Runs the verb that the arguments name; SIGINT and SIGTERM cancel it, so that it cleans up first.
    ///
    /// Who sends a second one wants it to end as it is.
    public static func run() async {
        // Before anything else: it has to be without other threads.
        if ExtractionServer.isAskedFor { exit(ExtractionServer.run()) }
        envsnap_share_heaps()
        // A pipe that was closed shows as an error of the write, not as a signal.
        signal(SIGPIPE, SIG_IGN)
        let work = Task { () -> Int32 in
            do {
                guard let arguments = try commandLine() else { return ExitStatus.fine.rawValue }
                var command = try await EnvSnapCommand.asyncParseAsRoot(arguments)
                if var verb = command as? any AsyncParsableCommand { try await verb.run() } else { try command.run() }
                return ExitStatus.fine.rawValue
            } catch {
                return status(of: error)
            }
        }
        let signals = SignalCount()
        let interrupt = onSignal(SIGINT) { signals.note { work.cancel() } }
        let termination = onSignal(SIGTERM) { signals.note { work.cancel() } }
        let ended = await work.value
        interrupt.cancel()
        termination.cancel()
        exit(ended)
    }

    /// What stands behind the program's name, or behind docker's; nil where docker only asked what this is.
    private static func commandLine() throws -> [String]? {
        let arguments = Array(CommandLine.arguments.dropFirst())
        let plugin: DockerPlugin?
        do { plugin = try DockerPlugin(program: CommandLine.arguments.first ?? "", arguments: arguments) } catch {
            throw ValidationError("\(error.message). \(error.hint ?? "")")
        }
        guard let plugin else { return arguments }
        if plugin.arguments.first == DockerPlugin.question {
            StandardStream.output.write(DockerPlugin.metadata.canonicalBytes + [UInt8(ascii: "\n")])
            return nil
        }
        // Before anything else runs: the environment is read by many.
        for (name, value) in plugin.environment { setenv(name, value, 1) }
        return plugin.arguments
    }

    private static func onSignal(_ number: Int32, do body: @escaping @Sendable () -> Void) -> any DispatchSourceSignal {
        signal(number, SIG_IGN)
        let source = DispatchSource.makeSignalSource(signal: number)
        source.setEventHandler(handler: body)
        source.resume()
        return source
    }

    private static func status(of error: any Error) -> Int32 {
        if let code = error as? ExitCode { return code.rawValue }
        let status = EnvSnapCommand.exitCode(for: error)
        let message = EnvSnapCommand.fullMessage(for: error)
        guard !message.isEmpty else { return status.rawValue }
        (status.isSuccess ? StandardStream.output : .error).write(Array((message + "\n").utf8))
        return status.rawValue
    }
}
