// SPDX-License-Identifier: Apache-2.0
import Catalogue
import DockerEngine
import EnvironmentModel
import Foundation
import JSONTree
import LiveEnvironment
import OCI
import Replay
import Snapshots
import Synchronization
import Terminal

/// Tries mixtures of two snapshots: each becomes a snapshot and a replay for as long as its command runs.
struct BisectTrials: Sendable {
    /// What was tried, and what came of it.
    struct Step: Sendable {
        let what: String
        let outcome: Bisection.Outcome
        let detail: String

        var json: JSONValue {
            ["tried": .string(what), "outcome": .string(outcome.rawValue), "detail": .string(detail)]
        }
    }

    /// The status by which a command says that it cannot tell, as with `git bisect run`.
    static let untold: Int32 = 125

    let context: CommandContext
    let library: SnapshotLibrary
    let engine: Engine
    let access: any DataAccess
    let plan: CleanRun.Plan
    let capsuleImage: String?
    let allowed: Set<String>
    /// Where a snapshot came from of which there is something in the mixtures; nil where both are the user's own.
    let origin: SnapshotOrigin?
    /// Called after each trial.
    let note: @Sendable (Step) -> Void

    /// Tries a document; what it refers to is in the store.
    ///
    /// - Parameter isEnd: Whether it is no mixture: then it is an error where it cannot be tried.
    func outcome(
        of document: EnvironmentDocument, called what: String, isEnd: Bool = false
    ) async throws -> Bisection.Outcome {
        try await outcome(of: document, called: what, isEnd: isEnd, in: library.begin())
    }

    /// Tries a document with what a transaction has written for it, which ends with it.
    func outcome(
        of document: EnvironmentDocument, called what: String, isEnd: Bool = false, in transaction: SnapshotTransaction
    ) async throws -> Bisection.Outcome {
        var document = document
        // A document of its own, whatever it is made of: it is removed again.
        document.name = nil
        document.message = "a mixture that envsnap bisect has made"
        document.tags = ["bisect": UUID().uuidString.lowercased()]
        document.probes = []
        let mixture = document
        let id = try await BlockingWork.run {
            defer { transaction.end() }
            return try transaction.commit(mixture, origin: origin)
        }
        let record = try library.find(id.hex)
        let result: Result<Step, any Error>
        do { result = .success(try await run(record, called: what, isEnd: isEnd)) } catch { result = .failure(error) }
        do { try library.remove(record) } catch {
            context.console.warn("the snapshot \(record.id.short) could not be removed: \(Failure(error).message)")
        }
        let step = try result.get()
        note(step)
        return step.outcome
    }

    private func run(_ record: SnapshotRecord, called what: String, isEnd: Bool) async throws -> Step {
        var request = ReplayRequest(snapshot: record.id, name: "bisect-\(record.id.hex.prefix(12))")
        request.capsuleImage = capsuleImage
        request.allowed = allowed
        request.probing = .skip
        do {
            let outcome = try await CleanRun(
                context: context, library: library, engine: engine, access: access, snapshot: record, plan: plan,
                expectsExactness: false
            ).run(request)
            switch outcome.ending {
            case .exited(0): return Step(what: what, outcome: .good, detail: "exit status 0")
            case .exited(Self.untold):
                return Step(what: what, outcome: .unresolved, detail: "exit status \(Self.untold)")
            case .exited(let status): return Step(what: what, outcome: .bad, detail: "exit status \(status)")
            case .refused(let refusal): return Step(what: what, outcome: .bad, detail: refusal.message)
            case .unread: return Step(what: what, outcome: .unresolved, detail: "its output was not read")
            }
        } catch {
            try Task.checkCancellation()
            let failure = Failure(error)
            // What hinders all mixtures alike is no property of this one.
            guard !isEnd, failure.status == .failed || failure.status == .notFound else { throw error }
            return Step(what: what, outcome: .unresolved, detail: failure.message)
        }
    }
}
