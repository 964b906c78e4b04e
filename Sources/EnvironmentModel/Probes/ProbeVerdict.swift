// SPDX-License-Identifier: Apache-2.0
public import JSONTree

/// What a probe did in a replay, beside what it did when it was captured.
public struct ProbeVerdict: Sendable, Equatable {
    /// The probe as it was captured.
    public let probe: ProbeRecord
    /// What came of it in the replay, at the last attempt.
    public let found: ProbeResult
    /// How often it was run.
    public let attempts: Int

    /// A probe with what came of it.
    public init(probe: ProbeRecord, found: ProbeResult, attempts: Int) {
        self.probe = probe
        self.found = found
        self.attempts = attempts
    }

    /// Whether it ended as it had when it was captured.
    public var isReproduced: Bool { probe.result.isReproduced(by: found) }

    /// The verdict as `replay` and `verify` show it with `--json`.
    public var json: JSONValue {
        [
            "container": .string(probe.container), "command": .string(probe.command),
            "reproduced": .bool(isReproduced), "attempts": .int(attempts), "captured": probe.result.json,
            "found": found.json,
        ]
    }
}

extension [ProbeVerdict] {
    /// Whether all probes ended as they had when they were captured.
    public var areReproduced: Bool { allSatisfy(\.isReproduced) }
    /// The verdicts as a list.
    public var json: JSONValue { .array(map(\.json)) }
}
