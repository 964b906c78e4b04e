// SPDX-License-Identifier: Apache-2.0
import EnvironmentModel
import LiveEnvironment
import Steps

/// Runs the probes of a capture in the containers that it looked at.
///
/// They run after the data was read and the environment was looked at again, so that what they do is in neither; the
/// replay of a snapshot starts where its probes started (decision 26).
struct Probing: Sendable {
    private let probes: [(request: ProbeRequest, place: ObservedEngine.Located)]
    private let limit: Duration
    private let report: StepReport

    /// - Throws: `LiveEnvironmentError` where a container is not there.
    init(
        _ requests: [ProbeRequest], in environment: ObservedEngine, within limit: Duration,
        report: StepReport
    ) throws {
        probes = try requests.map { ($0, try environment.locate($0.container)) }
        self.limit = limit
        self.report = report
    }

    /// Makes sure that all of them can be run.
    ///
    /// - Throws: `LiveEnvironmentError` for a container that does not run or has no shell.
    func check() async throws {
        var checked: Set<String> = []
        for (_, place) in probes where checked.insert(place.name).inserted {
            try await ProbeRunner(in: place).check()
        }
    }

    /// Runs them one after the other and says what came of each.
    func run() async throws -> [ProbeRecord] {
        var records: [ProbeRecord] = []
        for (request, place) in probes {
            report("probing \(place.name)")
            let result = try await ProbeRunner(in: place).run(request.command, within: limit)
            records.append(
                ProbeRecord(
                    container: place.name, command: request.command, timeLimit: limit.milliseconds, result: result))
        }
        return records
    }
}
