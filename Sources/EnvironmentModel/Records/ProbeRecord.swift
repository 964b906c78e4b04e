// SPDX-License-Identifier: Apache-2.0
public import JSONTree

/// A command that was run in a container when the environment was captured, and what came of it.
public struct ProbeRecord: Sendable, Equatable, JSONRepresentable {
    /// The container with the path of its engine, as `foo-host-corge/foo-app`.
    public var container: String
    /// What its shell ran.
    public var command: String
    /// How long it may take, in milliseconds.
    public var timeLimit: Int64
    /// What came of it.
    public var result: ProbeResult

    /// A probe that was run.
    public init(container: String, command: String, timeLimit: Int64, result: ProbeResult) {
        self.container = container
        self.command = command
        self.timeLimit = timeLimit
        self.result = result
    }

    /// The probe as the command line names it.
    public var title: String { "\(container): \(command)" }

    /// Reads the record from its JSON form.
    public init(json: JSONValue) throws {
        container = try json.requiredString("container")
        command = try json.requiredString("command")
        timeLimit = try json.requiredInt("timeLimitMilliseconds")
        result = try ProbeResult(json: json["result"])
        guard !ProbeRequest.names(in: container).isEmpty, timeLimit > 0 else {
            throw ModelError.malformed("a probe without a container or a time limit")
        }
    }

    /// The record's JSON form.
    public var json: JSONValue {
        [
            "container": .string(container), "command": .string(command), "timeLimitMilliseconds": .int(timeLimit),
            "result": result.json,
        ]
    }
}
