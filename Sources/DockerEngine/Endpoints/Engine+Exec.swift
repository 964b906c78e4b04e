// SPDX-License-Identifier: Apache-2.0

import JSONTree

extension Engine {
    /// Starts a command in a running container: `POST /containers/{id}/exec`, then `POST /exec/{id}/start`.
    ///
    /// - Parameters:
    ///   - container: The container.
    ///   - command: The command, word by word.
    ///   - options: How it is run.
    ///   - stall: The longest silence of the command, and the longest time it may take no input; nil is for ever.
    public func exec(
        inContainer container: String, command: [String], options: ExecOptions = ExecOptions(), stall: Duration? = nil
    ) async throws -> ExecSession {
        let id = try await createExec(inContainer: container, command: command, options: options)
        let hijacked = try await transport.hijack(startExecRequest(id, terminal: options.terminal))
        let framing: Framing = options.terminal ? .raw : .multiplexed
        return ExecSession(
            id: id, streams: ProcessStreams(hijacked, framing: framing, stall: stall), engine: self)
    }

    /// The streams of a container's own process: `POST /containers/{id}/attach`.
    ///
    /// A container that was made with `StdinOnce` finds its input at an end when the connection closes, however it does.
    public func attach(toContainer id: String) async throws -> ProcessStreams {
        let query = ["stream", "stdin", "stdout", "stderr"].map { ($0, "1") }
        let request = try request(.post, "/containers/\(id)/attach", query: query, content: .hijack([]), at: nil)
        return ProcessStreams(try await transport.hijack(request), framing: .multiplexed)
    }

    /// The state of an exec instance: `GET /exec/{id}/json`.
    public func inspectExec(_ id: String) async throws -> RawJSON { try await json(.get, "/exec/\(id)/json") }

    /// Tells the terminal of an exec instance its size: `POST /exec/{id}/resize`.
    func resizeExec(_ id: String, rows: Int, columns: Int) async throws {
        try await send(.post, "/exec/\(id)/resize", query: [("h", String(rows)), ("w", String(columns))])
    }

    /// Makes an exec instance and returns its id.
    func createExec(
        inContainer container: String, command: [String], options: ExecOptions
    ) async throws -> String {
        let body = options.body(command: command)
        return try await Created(
            json(.post, "/containers/\(container)/exec", body: .json(body), timeLimit: .after(transport.connectLimit))
        ).id
    }

    /// The request that starts an exec instance on a connection of its own.
    func startExecRequest(_ id: String, terminal: Bool) throws -> HTTPRequest {
        let body: JSONValue = ["Detach": false, "Tty": .bool(terminal)]
        return try request(.post, "/exec/\(id)/start", query: [], content: .hijack(body.canonicalBytes), at: nil)
    }

    /// How the command of a tunnel ended; nil while it runs, or where the engine cannot tell.
    func exitCodeIfEnded(_ exec: String) async -> Int? {
        for _ in 0..<20 {
            let answer = try? await json(.get, "/exec/\(exec)/json", timeLimit: .after(.seconds(3)))
            guard let answer else { return nil }
            if answer["Running"].bool == false { return answer["ExitCode"].int.map { Int($0) } }
            guard (try? await Task.sleep(for: .milliseconds(50))) != nil else { return nil }
        }
        return nil
    }
}
