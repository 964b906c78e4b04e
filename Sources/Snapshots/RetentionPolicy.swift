// SPDX-License-Identifier: Apache-2.0
public import Catalogue
import Foundation
public import OCI

/// Which snapshots are kept when the rest is forgotten.
///
/// Snapshots are judged project by project, and one that any rule keeps is kept, as with `restic forget`
/// (https://restic.readthedocs.io/en/stable/060_forget.html). A policy never empties a project: where no rule keeps
/// anything of it, its newest snapshot stays.
public struct RetentionPolicy: Sendable, Equatable {
    /// A tag that keeps the snapshots which bear it.
    public struct Tag: Sendable, Equatable {
        /// The tag's key.
        public var key: String
        /// The value that it has to have; any does where this is nil.
        public var value: String?

        /// A tag by its key alone, or by its value too.
        public init(key: String, value: String? = nil) {
            self.key = key
            self.value = value
        }
    }

    /// Why a snapshot is kept.
    public enum Reason: String, Sendable {
        /// It is among the newest of its project.
        case last
        /// It bears a tag.
        case tag
        /// It is not much older than the newest of its project.
        case within
        /// Its time cannot be read, so its age is not known.
        case unknownAge
        /// A replay stands on it.
        case replay
        /// No rule keeps any other of its project.
        case newest
    }

    /// A snapshot, and why it is kept; without a reason it is to be forgotten.
    public struct Judgement: Sendable {
        /// The snapshot.
        public let snapshot: SnapshotRecord
        /// Every reason to keep it.
        public var reasons: [Reason]
    }

    /// How many of the newest of each project are kept.
    public var last: Int
    /// The tags that keep.
    public var tags: [Tag]
    /// How much older than the newest of its project, in seconds, a snapshot may be; nil where age keeps nothing.
    public var within: Int64?

    /// A policy by its rules.
    public init(last: Int = 0, tags: [Tag] = [], within: Int64? = nil) {
        self.last = last
        self.tags = tags
        self.within = within
    }

    /// Judges snapshots, whose order is kept.
    ///
    /// - Parameters:
    ///   - snapshots: The snapshots; of those with the same time, the newest first, as the catalogue lists them.
    ///   - replayed: the snapshots that replays stand on.
    public func judge(_ snapshots: [SnapshotRecord], replayed: Set<Digest>) -> [Judgement] {
        var reasons: [Digest: [Reason]] = [:]
        for project in Dictionary(grouping: snapshots, by: \.project).values {
            // Times are whole seconds; of two in the same one, the one that comes first was captured later.
            let newestFirst = project.enumerated()
                .sorted { ($0.element.createdAt, $1.offset) > ($1.element.createdAt, $0.offset) }.map(\.element)
            let newest = newestFirst.compactMap(\.time).first
            for (place, snapshot) in newestFirst.enumerated() {
                reasons[snapshot.id] =
                    self.reasons(for: snapshot, at: place, newest: newest)
                    + (replayed.contains(snapshot.id) ? [.replay] : [])
            }
            if newestFirst.allSatisfy({ reasons[$0.id]?.isEmpty != false }) { reasons[newestFirst[0].id] = [.newest] }
        }
        return snapshots.map { Judgement(snapshot: $0, reasons: reasons[$0.id] ?? []) }
    }

    /// What the rules say of one.
    private func reasons(for snapshot: SnapshotRecord, at place: Int, newest: Date?) -> [Reason] {
        var reasons: [Reason] = []
        if place < last { reasons.append(.last) }
        if tags.contains(where: snapshot.bears) { reasons.append(.tag) }
        if let within {
            guard let newest, let time = snapshot.time else { return reasons + [.unknownAge] }
            if newest.timeIntervalSince(time) <= Double(within) { reasons.append(.within) }
        }
        return reasons
    }
}

extension SnapshotRecord {
    fileprivate var time: Date? {
        (try? Date(createdAt, strategy: .iso8601))
            ?? (try? Date(createdAt, strategy: Date.ISO8601FormatStyle(includingFractionalSeconds: true)))
    }

    fileprivate func bears(_ tag: RetentionPolicy.Tag) -> Bool {
        guard let value = tags[tag.key] else { return false }
        return tag.value == nil || tag.value == value
    }
}
