// SPDX-License-Identifier: Apache-2.0
import Catalogue
import EnvironmentModel
import Foundation
import JSONTree
import LiveEnvironment
import OCI
import Snapshots

/// Tries mixtures of two snapshots: each becomes a snapshot for as long as it is replayed.
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

    let library: SnapshotLibrary
    let stage: BisectStage
    /// Where a snapshot came from of which there is something in the mixtures; nil where both are the user's own.
    let origin: SnapshotOrigin?
    /// Called after each trial.
    let note: @Sendable (Step) -> Void

    /// Tries a document; what it refers to is in the store.
    func outcome(
        of document: EnvironmentDocument, called what: String, for purpose: Purpose
    ) async throws -> Bisection.Outcome {
        try await outcome(of: document, called: what, for: purpose, in: library.begin())
    }

    /// Tries a document with what a transaction has written for it, which ends with it.
    func outcome(
        of document: EnvironmentDocument, called what: String, for purpose: Purpose,
        in transaction: SnapshotTransaction
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
        let step = try await run(library.find(id.hex), mixture, called: what, for: purpose)
        note(step)
        return step.outcome
    }

    private func run(
        _ record: SnapshotRecord, _ document: EnvironmentDocument, called what: String, for purpose: Purpose
    ) async throws -> Step {
        do {
            switch try await stage.run(record, document, isOwn: purpose.needsOwnReplay) {
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
            guard purpose != .end, failure.status == .failed || failure.status == .notFound else { throw error }
            return Step(what: what, outcome: .unresolved, detail: failure.message)
        }
    }
}

extension BisectTrials {
    /// What a trial is for.
    enum Purpose {
        /// To know one of the ends between which is searched: it is an error where it cannot be tried.
        case end
        /// To go on by: the only one that need not have a replay of its own.
        case search
        /// To be the proof of what is named.
        case proof

        init(_ purpose: Bisection.Purpose) { self = purpose == .proof ? .proof : .search }

        fileprivate var needsOwnReplay: Bool { self != .search }
    }
}
