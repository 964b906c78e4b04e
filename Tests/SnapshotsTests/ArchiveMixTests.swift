// SPDX-License-Identifier: Apache-2.0

import Archive
import EnvironmentModel
import Foundation
import LiveEnvironment
import TestSupport
import Testing

@testable import Snapshots

@Suite struct ArchiveMixTests {
    private static let tree = "mkdir -p a/b gone/x; echo 1 >a/b/one; echo 2 >a/two; echo 3 >gone/x/three; echo 4 >four"
    private static let change = """
        echo changed >a/b/one; rm -r gone; mkdir -p new/deep; echo 5 >new/deep/five; rm four; mkdir four; echo 6 >four/six
        chmod 700 a/two; ln -s two a/link
        """

    private let fixture: LibraryFixture
    private let mix: ArchiveMix
    private let entries: [ArchiveMix.Entry]

    init() async throws {
        let fixture = try LibraryFixture()
        let folder = fixture.folder
        try folder.makeFolder("left")
        try Tool.run(
            "sh", "-euc",
            """
            cd "$1/left"; \(Self.tree); cp -a . ../right; cd ../right; \(Self.change)
            find .. -exec touch -hd @5 {} +
            """, "sh", folder.path)
        let transaction = try fixture.library.begin()
        let left = try await Self.pack(folder.path("left"), transaction)
        let right = try await Self.pack(folder.path("right"), transaction)
        _ = try transaction.commit(LibraryFixture.document([left, right]))
        self.fixture = fixture
        mix = ArchiveMix(library: fixture.library, good: left, bad: right)
        entries = try mix.entries() ?? []
    }

    private static func pack(_ path: String, _ transaction: SnapshotTransaction) async throws -> DataArchive {
        try await LocalDataAccess().pack(path, excluding: []) { produce in
            try transaction.putArchive(produce: produce).archive
        }
    }

    /// Unpacks the mixture of these paths with GNU tar and lists it.
    private func listing(_ paths: Set<String>) throws -> [String] {
        let transaction = try fixture.library.begin()
        let archive = try mix.archive(
            taking: entries.filter { paths.contains($0.path) }, of: entries, in: transaction)
        // Another second for each choice, so that no two snapshots are the same.
        let second = paths.sorted().flatMap(\.utf8).reduce(0) { ($0 &* 31 &+ Int($1)) % 3600 } + 3600
        let time = Date(timeIntervalSince1970: TimeInterval(second)).formatted(.iso8601)
        _ = try transaction.commit(LibraryFixture.document([archive], capturedAt: time))
        let bytes = try fixture.read(archive)
        try fixture.folder.write(bytes, to: "mix.tar")
        let listed = try Tool.run(
            "sh", "-euc",
            #"""
            rm -rf "$1/mix"; mkdir "$1/mix"; tar -C "$1/mix" -xpf "$1/mix.tar"; cd "$1/mix"
            find . -mindepth 1 | sort | while read -r f; do
                if [ -L "$f" ]; then echo "$f -> $(readlink "$f")"; elif [ -d "$f" ]; then echo "$f/"
                else echo "$f $(stat -c %a "$f") $(cat "$f")"; fi
            done
            """#, "sh", fixture.folder.path)
        return listed.split(separator: "\n").map(String.init)
    }

    @Test func `what differs is listed, and nothing else`() {
        let kinds = entries.map { "\($0.kind.rawValue) \($0.path)" }
        #expect(
            kinds == [
                "changed a/b/one", "added a/link", "changed a/two", "changed four", "added four/six", "removed gone",
                "removed gone/x", "removed gone/x/three", "added new", "added new/deep", "added new/deep/five",
            ])
    }

    @Test func `none of it gives the one side, all of it the other`() throws {
        #expect(
            try listing([]) == [
                "./a/", "./a/b/", "./a/b/one 644 1", "./a/two 644 2", "./four 644 4", "./gone/", "./gone/x/",
                "./gone/x/three 644 3",
            ])
        #expect(
            try listing(Set(entries.map(\.path))) == [
                "./a/", "./a/b/", "./a/b/one 644 changed", "./a/link -> two", "./a/two 700 2", "./four/",
                "./four/six 644 6", "./new/", "./new/deep/", "./new/deep/five 644 5",
            ])
    }

    @Test func `each can be taken alone, with the folders that it needs`() throws {
        let five = try listing(["new/deep/five"])
        #expect(five.contains("./new/deep/five 644 5") && five.contains("./four 644 4"))
        // A folder stays for what is in it, and what has no place in a file is left out.
        #expect(try listing(["gone", "gone/x"]).contains("./gone/x/three 644 3"))
        #expect(try !listing(["gone/x/three"]).contains { $0.contains("three") })
        #expect(try listing(["four/six"]).contains("./four 644 4"))
        #expect(try listing(["four"]).contains("./four/"))
        #expect(try listing(["a/two"]).contains("./a/two 700 2"))
    }
}
