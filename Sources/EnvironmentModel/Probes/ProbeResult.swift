// SPDX-License-Identifier: Apache-2.0
public import JSONTree

/// What came of running a probe once.
public struct ProbeResult: Sendable, Equatable, JSONRepresentable {
    /// How it ended.
    public enum Ending: Sendable, Equatable {
        /// With an exit status.
        case exited(Int64)
        /// Not within its time limit; it was killed.
        case timedOut
        /// It could not be run, for a reason.
        case notRun(String)
    }

    /// How it ended.
    public var ending: Ending
    /// What it wrote to standard output.
    public var stdout: ProbeOutput
    /// What it wrote to standard error.
    public var stderr: ProbeOutput
    /// How long it took, in milliseconds.
    public var milliseconds: Int64

    /// A result with its parts.
    public init(
        ending: Ending, stdout: ProbeOutput = .none, stderr: ProbeOutput = .none, milliseconds: Int64 = 0
    ) {
        self.ending = ending
        self.stdout = stdout
        self.stderr = stderr
        self.milliseconds = milliseconds
    }

    /// Whether another run ended in the same way: with the same exit status, or neither within its time.
    ///
    /// Output is no part of it, since it holds times, process ids and the like; what could not be run is like nothing.
    public func isReproduced(by other: ProbeResult) -> Bool {
        if case .notRun = ending { return false }
        return ending == other.ending
    }

    /// Whether another run wrote the same.
    public func hasOutput(of other: ProbeResult) -> Bool { stdout == other.stdout && stderr == other.stderr }

    /// How it ended, as `exit status 1`.
    public var endingText: String {
        switch ending {
        case .exited(let status): "exit status \(status)"
        case .timedOut: "no end within its time"
        case .notRun(let reason): "could not be run: \(reason)"
        }
    }

    /// Reads the record from its JSON form.
    public init(json: JSONValue) throws {
        if let status = json["exitStatus"].int {
            ending = .exited(status)
        } else if json["timedOut"] == true {
            ending = .timedOut
        } else if let reason = json["notRun"].string {
            ending = .notRun(reason)
        } else {
            throw ModelError.malformed("a probe without a result")
        }
        stdout = ProbeOutput(json: json["stdout"])
        stderr = ProbeOutput(json: json["stderr"])
        milliseconds = json["milliseconds"].int ?? 0
    }

    /// The record's JSON form.
    public var json: JSONValue {
        var members: [String: JSONValue] = ["milliseconds": .int(milliseconds)]
        switch ending {
        case .exited(let status): members["exitStatus"] = .int(status)
        case .timedOut: members["timedOut"] = true
        case .notRun(let reason): members["notRun"] = .string(reason)
        }
        if !stdout.isEmpty { members["stdout"] = stdout.json }
        if !stderr.isEmpty { members["stderr"] = stderr.json }
        return .object(JSONObject(members))
    }
}
