// SPDX-License-Identifier: Apache-2.0

import Archive
import Catalogue
import ContentStore
import EnvironmentModel
import Foundation
import Hashing
import JSONTree
import OCI
import Snapshots
import SystemPackage
import TestSupport
import Testing

@testable import Sharing

/// Bundles held against other people's readers.
@Suite struct BundleToolTests {
    private let store: SharedStore
    private let file: String
    private let id: String

    init() throws {
        store = try SharedStore()
        let snapshot = try store.snapshot(BundleTests.contents, name: "before")
        id = snapshot.id.hex
        file = try store.folder.write(try store.bundle(snapshot), to: "bundle.tar")
    }

    @Test func `GNU tar lists the members in their order, all plain files of nobody`() throws {
        let lines = try Tool.run("tar", "-tvf", file).split(separator: "\n")
        let blobs = try store.library.catalogue.allBlobs().map { "blobs/sha256/\($0.storedDigest.hex)" }.sorted()
        let names = lines.map { String($0.split(separator: " ").last ?? "") }
        #expect(names.count == 4 + blobs.count)
        #expect(names[0] == "oci-layout" && names[1] == "index.json" && names[3] == "blobs/sha256/\(id)")
        #expect(Array(names[4...]) == blobs)
        #expect(lines.allSatisfy { $0.hasPrefix("-rw-r--r-- 0/0") })
    }

    @Test func `sha256sum finds every blob under its name`() throws {
        let folder = try store.folder.makeFolder("unpacked")
        try Tool.run("tar", "-xf", file, "-C", folder)
        for name in try FileManager.default.contentsOfDirectory(atPath: folder + "/blobs/sha256") {
            #expect(try Tool.sha256("\(folder)/blobs/sha256/\(name)") == name)
        }
    }

    @Test(.enabled(if: Tool.exists("skopeo"))) func `skopeo reads it, and copies it bit by bit`() throws {
        let raw = try JSONValue(parsing: try Tool.run("skopeo", "inspect", "--raw", "oci-archive:\(file)"))
        #expect(raw["config"]["digest"].string == "sha256:\(id)")
        let copy = store.folder.path("copy")
        try Tool.run(
            "skopeo", "copy", "--insecure-policy", "--preserve-digests", "oci-archive:\(file)", "dir:\(copy)")
        let blobs = try store.library.catalogue.allBlobs().map(\.storedDigest.hex)
        for name in blobs + [id] { #expect(try Tool.sha256("\(copy)/\(name)") == name) }
    }

    @Test(.enabled(if: Tool.exists("umoci"))) func `umoci finds the snapshot by its tag`() throws {
        let folder = try store.folder.makeFolder("layout")
        try Tool.run("tar", "-xf", file, "-C", folder)
        #expect(try Tool.run("umoci", "list", "--layout", folder) == id.prefix(12) + "\n")
    }
}
