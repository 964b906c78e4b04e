// SPDX-License-Identifier: Apache-2.0
import DockerEngine
import Glibc
import LiveEnvironment
import Terminal

/// Runs a command in a container with this process's own streams: its terminal, or what is piped in and out.
struct CommandSession {
    /// Where what the command writes goes.
    enum Output {
        /// Each stream to its own.
        case apart
        /// All to standard error, where standard output is for something else.
        case standardError
        /// Nowhere; and there is no input either.
        case nowhere
    }

    /// How it came to an end.
    enum Ending: Sendable, Equatable {
        /// The command ended with a status.
        case exited(Int32)
        /// The command was not even started.
        case refused(CommandRefusal)
        /// Nobody reads any more what it writes; it may go on.
        case unread
    }

    let console: Console
    let target: ExecTarget.Found
    let command: [String]
    var output = Output.apart
    var environment: [String: String] = [:]

    /// Runs it to its end; runc gives up on a command now and then before it was started, which is then tried again.
    func run() async throws -> Ending {
        let input = StandardInput()
        for _ in 0..<2 {
            let ending = try await attempt(input)
            guard case .refused(let refusal) = ending, refusal.isPassing, input.rewind() else { return ending }
            try await Task.sleep(for: .milliseconds(200))
        }
        return try await attempt(input)
    }

    private func attempt(_ input: StandardInput) async throws -> Ending {
        let hasTerminal = output == .apart && RawTerminal.isInteractive
        var options = ExecOptions()
        options.workingDirectory = target.workingDirectory
        options.environment = target.environment
        options.terminal = hasTerminal
        options.input = output != .nowhere && (hasTerminal || isatty(STDIN_FILENO) == 0)
        if hasTerminal, let kind = environment["TERM"], !kind.isEmpty { options.environment.append("TERM=\(kind)") }
        let session: ExecSession
        do {
            session = try await target.engine.exec(
                inContainer: target.container, command: command, options: options)
        } catch let error as EngineError {
            guard let refusal = CommandRefusal(engineSays: error.message, command: command) else { throw error }
            return .refused(refusal)
        }
        let terminal = hasTerminal ? RawTerminal() : nil
        defer { terminal?.restore() }
        let ending = try await withThrowingTaskGroup(of: Ending?.self) { group in
            group.addTask { try await forwardOutput(of: session) }
            if options.input { group.addTask { await forward(input, to: session) } }
            if hasTerminal { group.addTask { await forwardSizes(to: session) } }
            defer { group.cancelAll() }
            while let ending = try await group.next() {
                if let ending { return ending }
            }
            throw CancellationError()
        }
        await session.close()
        return ending
    }

    private func forwardOutput(of session: ExecSession) async throws -> Ending? {
        // An engine's own words in the place of a command's output come first and alone.
        var held: [StreamChunk]?
        var isFirst = true
        for try await chunk in session.output {
            if isFirst, CommandRefusal.mayBegin(chunk.bytes) { held = [] }
            isFirst = false
            if let waiting = held, waiting.count < 16 {
                held = waiting + [chunk]
                continue
            }
            guard showAll((held ?? []) + [chunk]) else { return .unread }
            held = nil
        }
        let status = Int32(try await session.exitCode(timeLimit: .none))
        let words = (held ?? []).map { String(decoding: $0.bytes, as: UTF8.self) }.joined()
        if (126...128).contains(status), let refusal = CommandRefusal(engineSays: words, command: command) {
            return .refused(refusal)
        }
        return showAll(held ?? []) ? .exited(status) : .unread
    }

    private func showAll(_ chunks: [StreamChunk]) -> Bool { chunks.allSatisfy(show) }

    private func show(_ chunk: StreamChunk) -> Bool {
        guard output != .nowhere else { return true }
        return console.raw(chunk.bytes, toStandardError: chunk.stream == .stderr || output == .standardError)
    }

    /// A command that ends before it read everything is no failure.
    private func forward(_ input: StandardInput, to session: ExecSession) async -> Ending? {
        while let bytes = await input.next() {
            do { try await session.write(bytes) } catch { return nil }
        }
        if !Task.isCancelled { try? await session.closeInput() }
        return nil
    }

    private func forwardSizes(to session: ExecSession) async -> Ending? {
        // Before its process runs an exec instance takes no size.
        for _ in 0..<20 {
            guard let size = RawTerminal.size else { break }
            if (try? await session.resize(rows: size.rows, columns: size.columns)) != nil { break }
            guard (try? await Task.sleep(for: .milliseconds(50))) != nil else { return nil }
        }
        var last = RawTerminal.size
        while (try? await Task.sleep(for: .milliseconds(250))) != nil {
            guard let size = RawTerminal.size, last.map({ $0 != size }) ?? true else { continue }
            last = size
            try? await session.resize(rows: size.rows, columns: size.columns)
        }
        return nil
    }
}
