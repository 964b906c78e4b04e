// SPDX-License-Identifier: Apache-2.0
public import EnvironmentModel
public import LiveEnvironment
public import Steps

/// Runs the probes of a snapshot again, in a replay of it.
///
/// They are commands that run in the replay's containers, and nowhere else.
public struct ProbeReplay: Sendable {
    /// How long it is tried again what does not end as it had.
    public enum Patience: Sendable {
        /// For a while: a service of a new replay may need a moment more than its container does.
        case afterStart
        /// Not at all: what is, is.
        case none

        fileprivate var duration: Duration {
            switch self {
            case .afterStart: .seconds(20)
            case .none: .zero
            }
        }
    }

    /// No probe may take longer, whatever its snapshot says.
    private static let longest = Duration.seconds(600)

    private let patience: Patience
    private let pause: Duration
    private let direct: String?
    private let report: StepReport

    /// A runner that reports what it does.
    ///
    /// - Parameters:
    ///   - patience: How long a probe may take until it ends as it had.
    ///   - direct: The name of a direct replay, beside which others may have containers of the same project.
    ///   - report: Called with what is done.
    public init(patience: Patience, direct: String? = nil, report: StepReport) {
        self.init(patience: patience, pause: .seconds(1), direct: direct, report: report)
    }

    init(
        patience: Patience, pause: Duration, direct: String? = nil, report: StepReport
    ) {
        self.direct = direct
        self.patience = patience
        self.pause = pause
        self.report = report
    }

    /// Runs probes in their order, and says of each whether it ends as it had.
    ///
    /// - Throws: `CancellationError` alone.
    public func run(_ probes: [ProbeRecord], in replay: ObservedEngine) async throws -> [ProbeVerdict] {
        var verdicts: [ProbeVerdict] = []
        for probe in probes {
            report("probing \(probe.container)")
            verdicts.append(try await run(probe, in: replay))
        }
        return verdicts
    }

    /// Whether a path begins at a container that the replay has made.
    private func isOwn(_ path: String, in replay: ObservedEngine) -> Bool {
        guard let direct, let first = ProbeRequest.names(in: path).first, let found = try? replay.locate(first) else {
            return true
        }
        return found.container.label(ReplayLabels.replay) == direct
    }

    private func run(_ probe: ProbeRecord, in replay: ObservedEngine) async throws -> ProbeVerdict {
        guard isOwn(probe.container, in: replay) else {
            let ending = ProbeResult.Ending.notRun("\(probe.container) is a container that the replay has not made")
            return ProbeVerdict(probe: probe, found: ProbeResult(ending: ending), attempts: 0)
        }
        let runner: ProbeRunner
        do { runner = ProbeRunner(in: try replay.locate(probe.container)) } catch {
            return ProbeVerdict(
                probe: probe, found: ProbeResult(ending: .notRun(String(describing: error))), attempts: 0)
        }
        let end = ContinuousClock.now + patience.duration
        let limit = min(.milliseconds(probe.timeLimit), Self.longest)
        var attempts = 0
        while true {
            attempts += 1
            let found = try await runner.run(probe.command, within: limit)
            let verdict = ProbeVerdict(probe: probe, found: found, attempts: attempts)
            guard !verdict.isReproduced, ContinuousClock.now + pause < end else { return verdict }
            try await Task.sleep(for: pause)
        }
    }
}
