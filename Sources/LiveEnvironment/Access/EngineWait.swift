// SPDX-License-Identifier: Apache-2.0
public import DockerEngine
import EnvironmentModel
import JSONTree

/// Waits for the engine in a container that was just started.
public struct EngineWait: Sendable {
    private let parent: Engine
    private let container: String
    private let name: String
    private let entrance: HostEntrance
    private let limit: Duration

    /// How long a closed socket is believed to open, before the command in the container is asked.
    private static let patience = Duration.seconds(3)

    /// A wait for the engine in a container of another engine.
    ///
    /// - Parameters:
    ///   - parent: The engine above.
    ///   - container: The container on it.
    ///   - name: What to call the host in messages.
    ///   - entrance: Leads into the containers of the engine above.
    ///   - limit: How long to wait.
    public init(
        parent: Engine, container: String, name: String, entrance: HostEntrance, limit: Duration = .seconds(90)
    ) {
        self.parent = parent
        self.container = container
        self.name = name
        self.entrance = entrance
        self.limit = limit
    }

    /// The engine, once it answers.
    ///
    /// - Throws: `LiveEnvironmentError` with the last lines of the container's log, where it ends or the time is over.
    public func engine() async throws -> Engine {
        let clock = ContinuousClock()
        let deadline = clock.now + limit
        var last: (any Error)?
        var patience = clock.now + Self.patience
        while clock.now < deadline {
            let record = ContainerRecord(inspect: try await parent.inspectContainer(container).value)
            let state = record.inspect["State"]
            guard state["Running"].bool == true else {
                throw await failure("\(name) ended with status \(state["ExitCode"].int ?? -1)", last)
            }
            if await entrance.isOpen(record) == false, clock.now < patience {
                try await Task.sleep(for: .milliseconds(10))
                continue
            }
            patience = clock.now + Self.patience
            do { return try await entrance.enter(record, of: parent, named: name) } catch let error as EngineError {
                if error.code == .noCommandLine {
                    throw await failure("the engine in \(name) cannot be reached", error)
                }
                last = error
            }
            try await Task.sleep(for: .milliseconds(200))
        }
        throw await failure("the engine in \(name) did not answer within \(limit)", last)
    }

    private func failure(_ message: String, _ cause: (any Error)?) async -> LiveEnvironmentError {
        let log = (try? await lastLines()) ?? ""
        return LiveEnvironmentError(
            .hostDoesNotAnswer, message, hint: log.isEmpty ? nil : "its log ends with:\n\(log)", cause: cause)
    }

    private func lastLines() async throws -> String {
        var bytes: [UInt8] = []
        var options = LogOptions()
        options.tail = 8
        for try await chunk in try await parent.containerLogs(container, options: options, framing: .multiplexed) {
            bytes += chunk.bytes
        }
        return String(decoding: bytes, as: UTF8.self)
    }
}
