// SPDX-License-Identifier: Apache-2.0

import Catalogue
import Hashing
import OCI
import Snapshots
import Testing

@Suite struct RetentionPolicyTests {
    private typealias Reason = RetentionPolicy.Reason

    /// Five of one project, a day apart, the newest first as the catalogue lists them, and two of another one.
    private let snapshots: [SnapshotRecord]

    init() throws {
        snapshots =
            try (0..<5).map { try Self.snapshot("foo\(5 - $0)", on: 15 - $0) } + [
                Self.snapshot("bar2", project: "bar", on: 3, tags: ["keep": "yes"]),
                Self.snapshot("bar1", project: "bar", on: 2),
            ]
    }

    private static func snapshot(
        _ name: String, project: String = "foo", on day: Int, tags: [String: String] = [:]
    ) throws -> SnapshotRecord {
        SnapshotRecord(
            id: try SHA256Hasher.digest(of: Array(name.utf8)), name: name,
            createdAt: "2026-11-\(day < 10 ? "0" : "")\(day)T10:00:00Z", project: project, isComplete: true,
            documentSize: 1, hostCount: 0, containerCount: 0, volumeCount: 0, imageCount: 0, rawSize: 0, tags: tags)
    }

    private func kept(
        _ policy: RetentionPolicy, of some: [SnapshotRecord]? = nil, replayed: Set<String> = []
    ) -> [String: [Reason]] {
        let snapshots = some ?? snapshots
        let judged = policy.judge(
            snapshots, replayed: Set(snapshots.filter { replayed.contains($0.name ?? "") }.map(\.id)))
        #expect(judged.map(\.snapshot) == snapshots)
        let kept = judged.filter { !$0.reasons.isEmpty }
        return Dictionary(uniqueKeysWithValues: kept.map { ($0.snapshot.name ?? "", $0.reasons) })
    }

    @Test func `the newest of each project`() {
        #expect(
            kept(RetentionPolicy(last: 2)) == ["foo5": [.last], "foo4": [.last], "bar2": [.last], "bar1": [.last]])
        #expect(kept(RetentionPolicy(last: 99)).count == 7)
    }

    @Test func `in whatever order they come`() {
        let shuffled = [3, 0, 4, 2, 1].map { snapshots[$0] }
        #expect(kept(RetentionPolicy(last: 1), of: shuffled) == ["foo5": [.last]])
    }

    @Test func `of two in the same second, the one that the catalogue lists first`() throws {
        let names = (0..<8).map { "quick\($0)" }
        for newest in names {
            let rest = names.filter { $0 != newest }
            let same = try ([newest] + rest).map { try Self.snapshot($0, on: 20) }
            #expect(kept(RetentionPolicy(last: 1), of: same) == [newest: [.last]])
        }
    }

    @Test func `what is not older than a time before the newest of its project, whenever that was`() {
        let recent = kept(RetentionPolicy(within: 2 * 86_400))
        #expect(
            recent == [
                "foo5": [.within], "foo4": [.within], "foo3": [.within], "bar2": [.within], "bar1": [.within],
            ])
        #expect(kept(RetentionPolicy(within: 2 * 86_400 - 1))["foo3"] == nil)
    }

    @Test func `what bears a tag, by its key or by its value too`() {
        let key = RetentionPolicy(tags: [RetentionPolicy.Tag(key: "keep")])
        #expect(kept(key) == ["foo5": [.newest], "bar2": [.tag]])
        let other = RetentionPolicy(tags: [RetentionPolicy.Tag(key: "keep", value: "no")])
        #expect(kept(other) == ["foo5": [.newest], "bar2": [.newest]])
    }

    @Test func `one rule is enough, and all that keep are told`() {
        let policy = RetentionPolicy(last: 1, tags: [RetentionPolicy.Tag(key: "keep", value: "yes")], within: 86_400)
        #expect(
            kept(policy) == [
                "foo5": [.last, .within], "foo4": [.within], "bar2": [.last, .tag, .within], "bar1": [.within],
            ])
    }

    @Test func `what a replay stands on stays`() {
        #expect(
            kept(RetentionPolicy(last: 1), replayed: ["foo2", "foo5"]) == [
                "foo5": [.last, .replay], "foo2": [.replay], "bar2": [.last],
            ])
    }

    @Test func `a time that cannot be read is no reason to lose a snapshot`() {
        var broken = snapshots[4]
        broken.createdAt = "yesterday"
        let mixed = Array(snapshots[..<4] + [broken])
        #expect(kept(RetentionPolicy(within: 86_400), of: mixed)["foo1"] == [.unknownAge])
        #expect(kept(RetentionPolicy(within: 86_400), of: [broken]) == ["foo1": [.unknownAge]])
    }

    @Test func `fractions of seconds are read`() {
        var precise = snapshots[0]
        precise.createdAt = "2026-11-15T10:00:00.25Z"
        #expect(kept(RetentionPolicy(within: 3600), of: [precise]) == ["foo5": [.within]])
    }
}
