// SPDX-License-Identifier: Apache-2.0
import Archive
import Catalogue
import EnvironmentModel
import LiveEnvironment
import Snapshots
import Terminal

/// Searches the difference between two snapshots that makes a command fail.
struct BisectSearch {
    /// A difference that is guilty.
    struct Guilty: Sendable {
        let change: EnvironmentChange
        /// The files that are, where it is one of files and they could be told apart.
        var files: [String] = []
    }

    struct Finding: Sendable {
        let count: Int
        var guilty: [Guilty]
        /// Whether all of them are needed, and suffice.
        var isExact: Bool
        /// Whether the command did not come out the same where the same was tried.
        var isContradictory = false
    }

    let library: SnapshotLibrary
    let trials: BisectTrials
    let good: SnapshotRecord
    let bad: SnapshotRecord

    func run() async throws -> Finding {
        let (good, bad) = (try library.wholeDocument(good.id), try library.wholeDocument(bad.id))
        let changes = EnvironmentChanges(from: good, to: bad).all
        guard !changes.isEmpty else {
            throw Failure(
                "bisect", "nothing differs between the two that could be carried over",
                hint: "envsnap diff lists what differs", status: .failed)
        }
        try await checkEnds(good, bad, changes)
        let finding = try await search(changes, on: good)
        guard finding.isContradictory, await trials.stage.hasShared else { return finding }
        // What was left by one trial may have changed the next: now each has a replay of its own.
        await trials.stage.separate()
        return try await search(changes, on: good)
    }

    private func search(
        _ changes: [EnvironmentChange], on good: EnvironmentDocument
    ) async throws -> Finding {
        let count = changes.count
        let trials = trials
        let result = try await Bisection(of: count) { set, purpose in
            let chosen = set.sorted().map { changes[$0] }
            // Of files there is a proof to come: that of the one which is guilty.
            let purpose = chosen.contains { $0.archives != nil } ? .search : purpose
            return try await trials.outcome(
                of: EnvironmentChange.applying(chosen, to: good), called: name(of: chosen, among: count),
                for: .init(purpose))
        }.run()
        let guilty = result.guilty.sorted().map { changes[$0] }
        var finding = Finding(
            count: count, guilty: guilty.map { Guilty(change: $0) }, isExact: result.isExact,
            isContradictory: result.certainty == .contradictory)
        guard result.isExact else { return finding }
        var isProved = !guilty.contains { $0.archives != nil }
        for index in guilty.indices {
            let others = guilty.indices.filter { $0 != index }.map { guilty[$0] }
            let base = EnvironmentChange.applying(others, to: good)
            let found = try await files(of: guilty[index], on: base)
            finding.guilty[index].files = found.paths
            finding.isContradictory = finding.isContradictory || found.isContradictory
            isProved = isProved || !found.paths.isEmpty
        }
        if !isProved {
            let all = EnvironmentChange.applying(guilty, to: good)
            finding.isExact =
                try await trials.outcome(of: all, called: name(of: guilty, among: count), for: .proof) == .bad
            finding.isContradictory = finding.isContradictory || !finding.isExact
        }
        return finding
    }

    private func name(of chosen: [EnvironmentChange], among count: Int) -> String {
        chosen.count == 1 ? chosen[0].title : "\(chosen.count) of \(count) differences"
    }

    /// Makes sure that the command tells the two apart, and that the differences that can be carried over are enough for it.
    private func checkEnds(
        _ good: EnvironmentDocument, _ bad: EnvironmentDocument, _ changes: [EnvironmentChange]
    ) async throws {
        let (first, last) = (self.good.called, self.bad.called)
        guard try await trials.outcome(of: good, called: first, for: .end) == .good else {
            throw Failure(
                "bisect", "the command does not succeed in \(first)",
                hint: "try it: envsnap run \(first) -- …; -v shows what it writes", status: .failed)
        }
        let all = EnvironmentChange.applying(changes, to: good)
        let what = "all \(changes.count) differences"
        if try await trials.outcome(of: all, called: what, for: .search) == .bad { return }
        guard try await trials.outcome(of: bad, called: last, for: .end) == .bad else {
            throw Failure(
                "bisect", "the command does not fail in \(last)", hint: "try it: envsnap run \(last) -- …",
                status: .failed)
        }
        if await trials.stage.hasShared, try await trials.outcome(of: all, called: what, for: .proof) == .bad {
            return await trials.stage.separate()
        }
        throw Failure(
            "bisect", "\(first) with all that can be carried over from \(last) does not fail",
            hint: "what is left are the engines themselves: envsnap diff \(first) \(last)", status: .failed)
    }

    /// The guilty ones among the files of a change; none where they could not be told apart.
    private func files(
        of change: EnvironmentChange, on base: EnvironmentDocument
    ) async throws -> (paths: [String], isContradictory: Bool) {
        guard let archives = change.archives else { return ([], false) }
        let library = library
        let mix = ArchiveMix(library: library, good: archives.good, bad: archives.bad)
        guard let entries = try await BlockingWork.run({ try mix.entries() }), !entries.isEmpty else {
            return ([], false)
        }
        let trials = trials
        let result = try await Bisection(of: entries.count) { set, purpose in
            let chosen = set.sorted().map { entries[$0] }
            let what = chosen.count == 1 ? chosen[0].path : "\(chosen.count) of \(entries.count) files"
            let transaction = try library.begin()
            do {
                let archive = try await BlockingWork.run {
                    try mix.archive(taking: chosen, of: entries, in: transaction)
                }
                return try await trials.outcome(
                    of: change.applying(files: archive, to: base), called: "\(change.title): \(what)",
                    for: .init(purpose), in: transaction)
            } catch {
                transaction.end()
                if error is ArchiveError { return .unresolved }
                throw error
            }
        }.run()
        return (
            result.isExact ? result.guilty.sorted().map { entries[$0].path } : [],
            result.certainty == .contradictory
        )
    }
}
