// SPDX-License-Identifier: Apache-2.0

import Archive
import EnvironmentModel
import JSONTree
import LiveEnvironment
import TestSupport
import Testing

@testable import Snapshots

@Suite struct DataComparisonTests {
    private static let tree = """
        mkdir -p a/b a.d empty; printf one > a/b/one; printf two > a/two; printf x > a.d/x; printf y > a-b
        ln -s one a/b/link; ln a/two hard; mkfifo pipe; setfattr -n user.k -v v a/two; touch -d @1000.5 a/two a
        """

    /// Packs what a script makes and compares it with what another one has made of it.
    private static func compare(_ change: String) async throws -> Verdict {
        let folder = try TemporaryFolder()
        try folder.makeFolder("left")
        try Tool.run("sh", "-c", "cd \(folder.path("left")) && \(tree) && cp -a . ../right && touch -d @5 . ../right")
        try Tool.run("sh", "-c", "cd \(folder.path("right")) && { \(change)\n} && touch -d @5 .")
        let (left, right) = (try await pack(folder.path("left")), try await pack(folder.path("right")))
        var comparison = DataComparison(ComparedObject(.volume, .outermost, "v"), .verdict)
        try comparison.compare(captured: source(left), found: source(right))
        return comparison.difference.verdict
    }

    private static func pack(_ path: String) async throws -> [UInt8] {
        try await LocalDataAccess().pack(path, excluding: []) { produce in
            var bytes: [UInt8] = []
            _ = try produce(PlainArchiveSink { bytes += $0 })
            return bytes
        }
    }

    private static func source(_ bytes: [UInt8]) -> ByteSource {
        var unread: [UInt8]? = bytes
        return ChunkSource {
            defer { unread = nil }
            return unread
        }.read
    }

    @Test func `the same tree is the same`() async throws {
        let verdict = try await Self.compare("true")
        #expect(verdict.different == [])
        #expect(verdict.compared > 50)
    }

    @Test func `the books that overlayfs keeps in a layer are no part of it`() async throws {
        let verdict = try await Self.compare("setfattr -n trusted.overlay.impure -v y a; touch -d @1000.5 a")
        #expect(verdict.different == [])
    }

    @Test(arguments: [
        ("printf ONE > a/b/one; touch -r a/two a/b/one", ["a/b/one: content", "a/b/one: time"]),
        ("chmod 600 a/two", ["a/two: mode"]), ("chown 7 a/two", ["a/two: owner"]),
        ("touch -d @1000.25 a/two", ["a/two: time"]), ("setfattr -n user.k -v w a/two", ["a/two: attributes"]),
        ("ln -sfn two a/b/link; touch -h -d @9 a/b/link; touch -h -r a/b/link a/b/link", ["a/b/link: kind"]),
        ("setfattr -n trusted.overlay.opaque -v y a", ["a: attributes"]),
        ("rm a-b", ["a-b"]), ("printf n > a.d/new", ["a.d/new"]), ("printf z > zzz", ["zzz"]),
        ("rm -r a", ["a", "a/b", "a/b/link", "a/b/one", "a/two"]),
    ])
    func `what was changed is named`(_ change: String, _ expected: [String]) async throws {
        let verdict = try await Self.compare(change)
        let fields = Set(verdict.different.map(\.field))
        #expect(fields.isSuperset(of: expected), "found \(fields.sorted())")
        #expect(verdict.different.allSatisfy { $0.object == "volume v" && $0.captured != $0.found })
        // Beside them only the folders that were written to have another time.
        let others = fields.subtracting(expected).filter { !$0.hasSuffix(": time") && !$0.hasPrefix("hard") }
        #expect(others.isEmpty, "found \(others)")
    }

    @Test func `many findings are counted`() async throws {
        let verdict = try await Self.compare("for i in $(seq 300); do printf x > many$i; done")
        #expect(verdict.different.count == 101)
        #expect(verdict.different.last?.field == "further findings")
        #expect(verdict.different.last?.found == 200)
    }
}
