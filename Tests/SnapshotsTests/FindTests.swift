// SPDX-License-Identifier: Apache-2.0

import Catalogue
import ContentStore
import EnvironmentModel
import Foundation
import Hashing
import JSONTree
import OCI
import Snapshots
import Testing

@Suite struct FindTests {
    @Test func `a snapshot is found by name, by id and by the beginning of its id`() throws {
        let fixture = try LibraryFixture()
        let id = try fixture.snapshot(["a"], name: "before")
        for reference in [
            "before", id.hex, id.description, String(id.hex.prefix(4)), "sha256:" + id.hex.prefix(8),
            id.hex.prefix(6).uppercased(),
        ] { #expect(try fixture.library.find(reference).id == id, "\(reference)") }
    }

    @Test func `less than four digits, and what is no snapshot, are refused`() throws {
        let fixture = try LibraryFixture()
        let id = try fixture.snapshot(["a"], name: "before")
        for reference in [String(id.hex.prefix(3)), "befor", "", "zzzz", id.hex + "0"] {
            let error = #expect(throws: SnapshotError.self) { try fixture.library.find(reference) }
            #expect(error?.code == .noSuchSnapshot, "\(reference)")
            #expect(error?.hint?.contains("envsnap ls") == true)
        }
    }

    @Test func `a prefix of two ids is ambiguous, and both are named`() throws {
        let fixture = try LibraryFixture()
        let pair = try #require(try Self.alike())
        let ids = try pair.map { try fixture.snapshot([], capturedAt: $0) }
        let prefix = String(ids[0].hex.prefix(4))
        #expect(ids[1].hex.hasPrefix(prefix))
        let error = #expect(throws: SnapshotError.self) { try fixture.library.find(prefix) }
        #expect(error?.code == .ambiguous)
        for id in ids {
            #expect(error?.message.contains(id.hex.prefix(12)) == true)
            #expect(try fixture.library.find(String(id.hex.prefix(12))).id == id)
        }
    }

    /// Two times of capture whose documents, equal but for them, have ids that begin alike in four digits.
    private static func alike() throws -> [String]? {
        var times: [Substring: String] = [:]
        for fraction in 0..<20_000 {
            let time = "2026-11-01T10:00:00.\(fraction)Z"
            let bytes = LibraryFixture.document(capturedAt: time).json.canonicalBytes
            let prefix = try SHA256Hasher.digest(of: bytes).hex.prefix(4)
            if let other = times.updateValue(time, forKey: prefix) { return [other, time] }
        }
        return nil
    }

    @Test func `a name wins over the beginning of an id`() throws {
        let fixture = try LibraryFixture()
        let first = try fixture.snapshot(["a"])
        let named = try fixture.snapshot(["b"], name: String(first.hex.prefix(6)))
        #expect(try fixture.library.find(String(first.hex.prefix(6))).id == named)
        #expect(try fixture.library.find(String(first.hex.prefix(7))).id == first)
    }

    @Test func `snapshots are listed with the newest first`() throws {
        let fixture = try LibraryFixture()
        for day in ["02", "03", "01"] { try fixture.snapshot([day], name: day, capturedAt: "2026-11-\(day)T10:00:00Z") }
        #expect(try fixture.library.snapshots().map(\.name) == ["03", "02", "01"])
    }
}
