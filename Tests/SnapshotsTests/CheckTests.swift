// SPDX-License-Identifier: Apache-2.0

import Catalogue
import ContentStore
import EnvironmentModel
import Foundation
import Hashing
import OCI
import Snapshots
import TestSupport
import Testing

@Suite struct CheckTests {
    @Test func `a sound store has no problems`() throws {
        let fixture = try LibraryFixture()
        try fixture.snapshot(["a", "b"])
        try fixture.snapshot(["b", "c"], capturedAt: "2026-11-02T10:00:00Z")
        let report = try fixture.library.check(depth: .data)
        #expect(report.problems == [])
        #expect(report.snapshots == 2)
        #expect(report.blobs == 3)
    }

    @Test func `a missing blob is named at every depth`() throws {
        let fixture = try LibraryFixture()
        try fixture.snapshot(["a", "b"])
        let digest = try SHA256Hasher.digest(of: Array("a".utf8))
        let file = try fixture.file(of: digest)
        try FileManager.default.removeItem(atPath: file)
        // By the name of the file that is missing.
        let name = file.split(separator: "/").last.map { String($0.prefix(12)) } ?? ""
        for depth in [CheckDepth.size, .data] {
            #expect(try fixture.library.check(depth: depth).problems == ["blob \(name): missing"])
        }
    }

    @Test func `a changed byte is found by reading, a changed size without`() throws {
        let fixture = try LibraryFixture()
        try fixture.snapshot(["a"])
        let digest = try SHA256Hasher.digest(of: Array("a".utf8))
        let file = try fixture.file(of: digest)
        var bytes = try Array(Data(contentsOf: URL(filePath: file)))
        bytes[bytes.count - 1] ^= 1
        try Tool.run("chmod", "u+w", file)
        try Data(bytes).write(to: URL(filePath: file))
        #expect(try fixture.library.check(depth: .size).problems == [])
        #expect(try fixture.library.check(depth: .data).problems.count == 1)
        try Data(bytes + [0]).write(to: URL(filePath: file))
        #expect(try fixture.library.check(depth: .size).problems.count == 1)
    }

    @Test func `a missing and a damaged document are named`() throws {
        let fixture = try LibraryFixture()
        let first = try fixture.snapshot(["a"])
        let second = try fixture.snapshot(["b"], capturedAt: "2026-11-02T10:00:00Z")
        try FileManager.default.removeItem(atPath: fixture.folder.path("store/snapshots/\(first.hex).json"))
        let file = fixture.folder.path("store/snapshots/\(second.hex).json")
        try Tool.run("chmod", "u+w", file)
        try Data("{}".utf8).write(to: URL(filePath: file))
        let problems = try fixture.library.check(depth: .size).problems
        #expect(problems.contains("snapshot \(first.short): its document is missing"))
        #expect(problems.contains { $0.hasPrefix("snapshot \(second.short): ") })
        #expect(problems.count == 2)
    }

    @Test func `a document that the catalogue does not know is named`() throws {
        let fixture = try LibraryFixture()
        let id = try fixture.snapshot(["a"])
        try fixture.library.catalogue.deleteSnapshot(id)
        let problems = try fixture.library.check(depth: .size).problems
        #expect(
            problems.count == 1
                && problems[0].hasPrefix("snapshot \(id.short): its document is there, the catalogue does not know it"))
    }

    @Test func `a snapshot that somebody removes meanwhile is not damaged`() throws {
        let fixture = try LibraryFixture()
        try fixture.snapshot(["a"])
        let id = try fixture.snapshot(["b"], capturedAt: "2026-11-02T10:00:00Z")
        let other = try SnapshotLibrary(at: fixture.library.folder)
        var removed = 0
        let report = try fixture.library.check(depth: .data) {
            guard removed == 0 else { return }
            removed += 1
            try other.remove(try other.find(id.hex))
        }
        #expect(removed == 1 && report.snapshots == 2)
        #expect(report.problems == [])
        #expect(try fixture.library.store.documentIDs().count == 1)
    }
}
