// SPDX-License-Identifier: Apache-2.0

import Foundation
import HTTPTransfer
import Steps

/// Tries again what may go well the next time: after a broken connection, a stall, or an answer that says so.
struct Retries: Sendable {
    let attempts: Int
    let firstDelay: Double
    let cancellation: Cancellation
    let report: StepReport
    /// Whether a server that cannot be reached may be back soon.
    var includesUnreachable = false

    /// Runs the body until it succeeds, fails for good, or has failed too often in a row without any progress.
    ///
    /// - Parameter progress: a number that grows when something was achieved.
    @discardableResult
    func run<Result>(progress: () -> Int64 = { 0 }, _ body: () throws -> Result) throws -> Result {
        var failures = 0
        while true {
            let before = progress()
            do { return try body() } catch {
                try cancellation.check()
                if progress() > before { failures = 0 }
                failures += 1
                guard failures < attempts, let reason = passing(error) else { throw error }
                let delay = (error as? RegistryFailure)?.retryAfter ?? backoff(failures)
                report("\(reason); trying again in \(Self.seconds(delay)) s")
                try sleep(delay)
            }
        }
    }

    /// What passes, in a few words; nil for what will fail again.
    private func passing(_ error: any Error) -> String? {
        switch error {
        case let failure as RegistryFailure: failure.isPassing ? "the registry answers \(failure.status)" : nil
        case let error as HTTPError where error.code == .broken: "the connection broke"
        case let error as HTTPError where error.code == .stalled: "the registry is silent"
        case let error as HTTPError where error.code == .unreachable && includesUnreachable: "the registry is gone"
        default: nil
        }
    }

    /// Doubled each time, and spread, so that many clients do not come back at the same moment.
    private func backoff(_ failures: Int) -> Double {
        min(firstDelay * Double(1 << min(failures - 1, 10)), 30) * Double.random(in: 0.75...1.25)
    }

    private static func seconds(_ delay: Double) -> String { "\((delay * 10).rounded() / 10)" }

    private func sleep(_ seconds: Double) throws {
        let end = ContinuousClock.now + .seconds(seconds)
        while ContinuousClock.now < end {
            try cancellation.check()
            Thread.sleep(forTimeInterval: min(0.1, seconds))
        }
    }
}
