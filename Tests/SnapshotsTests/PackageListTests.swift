// SPDX-License-Identifier: Apache-2.0

import Catalogue
import EnvironmentModel
import JSONTree
import OCI
import TestSupport
import Testing

@testable import Snapshots

/// Lists of packages in layers that GNU tar has made.
@Suite struct PackageListTests {
    private static func status(_ packages: [(String, String)]) -> String {
        packages.map {
            "Package: \($0.0)\nStatus: install ok installed\nArchitecture: amd64\nVersion: \($0.1)\nDescription: x\n a: b\n"
        }
        .joined(separator: "\n")
    }

    /// An image with a layer for each of the files' contents; stores the layers.
    private static func image(_ layers: [(path: String, text: String)], in fixture: LibraryFixture) throws
        -> ImageRecord
    {
        let transaction = try fixture.library.begin()
        var digests: [Digest] = []
        for (number, layer) in layers.enumerated() {
            let folder = try TemporaryFolder()
            let parent = layer.path.split(separator: "/").dropLast().joined(separator: "/")
            try Tool.run("mkdir", "-p", folder.path("root/" + parent))
            _ = try folder.write(layer.text, to: "root/" + layer.path)
            try Tool.run(
                "tar", "-C", folder.path("root"), "--mtime=@0", "--sort=name", "-cf", folder.path("\(number)"), ".")
            let bytes = try folder.read("\(number)")
            digests.append(
                try transaction.putBlob(kind: "layer", expected: nil) { sink in
                    try bytes.withUnsafeBytes { try sink($0) }
                }
                .blob.rawDigest)
        }
        let image = ImageRecord(id: "x", config: digests[0], layers: digests, tags: ["x:1"], inspect: nil)
        var document = LibraryFixture.document()
        document.engine.images = [image]
        _ = try transaction.commit(document)
        return image
    }

    private static let path = "var/lib/dpkg/status"

    @Test func `versions and packages that differ are named`() throws {
        let fixture = try LibraryFixture()
        let old = try Self.image([(Self.path, Self.status([("a", "1"), ("b", "1"), ("c", "1")]))], in: fixture)
        let new = try Self.image([(Self.path, Self.status([("a", "1"), ("b", "2"), ("d", "1")]))], in: fixture)
        let changes = try PackageLists(library: fixture.library).changes(from: old, to: new)
        #expect(
            changes == [
                PackageChange(name: "b", captured: "1", found: "2"),
                PackageChange(name: "c", captured: "1", found: nil),
                PackageChange(name: "d", captured: nil, found: "1"),
            ])
    }

    @Test func `the topmost list counts, and what both share from below is not read for nothing`() throws {
        let fixture = try LibraryFixture()
        let base = (path: Self.path, text: Self.status([("a", "1")]))
        let plain = try Self.image([base, ("etc/x", "1")], in: fixture)
        let other = try Self.image([base, ("etc/x", "2")], in: fixture)
        let updated = try Self.image([base, (Self.path, Self.status([("a", "2")]))], in: fixture)
        let lists = PackageLists(library: fixture.library)
        #expect(try lists.changes(from: plain, to: other) == [])
        #expect(
            try lists.changes(from: plain, to: updated) == [PackageChange(name: "a", captured: "1", found: "2")])
        #expect(
            try lists.changes(from: updated, to: plain) == [PackageChange(name: "a", captured: "2", found: "1")])
    }

    @Test func `without lists, or without the layers, nothing is said`() throws {
        let fixture = try LibraryFixture()
        let old = try Self.image([("etc/x", "1")], in: fixture)
        let new = try Self.image([("etc/x", "2")], in: fixture)
        #expect(try PackageLists(library: fixture.library).changes(from: old, to: new) == nil)
        var absent = new
        absent.layers = [try Digest(hex: String(repeating: "a", count: 64))]
        #expect(try PackageLists(library: fixture.library).changes(from: old, to: absent) == nil)
    }

    @Test func `removed packages are none, architectures are told apart, and apk's form is read`() {
        let text = """
            Package: gone
            Status: deinstall ok config-files
            Version: 1

            Package: lib
            Status: install ok installed
            Architecture: amd64
            Version: 1

            Package: lib
            Status: install ok installed
            Architecture: i386
            Version: 2

            """
        #expect(PackageLists.dpkg(text) == ["lib": "1", "lib:i386": "2"])
        #expect(
            PackageLists.apk("C:Q1x\nP:musl\nV:1.2.5-r0\n\nP:zlib\nV:1.3\n") == ["musl": "1.2.5-r0", "zlib": "1.3"])
    }
}
