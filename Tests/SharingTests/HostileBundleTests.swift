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

@Suite struct HostileBundleTests {
    typealias Member = HandMadeBundle.Member

    /// Expects that a bundle is refused and that the store shows nothing of it.
    @discardableResult
    private func refuse(
        _ bundle: [UInt8], _ what: String = "", _ location: SourceLocation = #_sourceLocation
    ) throws -> (any Error)? {
        let store = try SharedStore()
        let error = #expect(throws: (any Error).self, "\(what)", sourceLocation: location) { try store.take(bundle) }
        #expect(try store.snapshotIDs.isEmpty, "\(what)", sourceLocation: location)
        #expect(try store.library.store.documentIDs().isEmpty, "\(what)", sourceLocation: location)
        #expect(try store.library.catalogue.allBlobs().isEmpty, "\(what)", sourceLocation: location)
        #expect(
            try FileManager.default.contentsOfDirectory(atPath: store.folder.path("store/tmp")).isEmpty, "\(what)",
            sourceLocation: location)
        #expect(
            try FileManager.default.contentsOfDirectory(atPath: store.folder.path) == ["store"], "\(what)",
            sourceLocation: location)
        return error
    }

    @Test func `the bundle made by hand is a good one before it is spoilt`() throws {
        #expect(try SharedStore().take(HandMadeBundle().tar()).account.new == Int64(HandMadeBundle.content.count))
    }

    @Test func `a bundle cut anywhere is refused`() throws {
        let bundle = try HandMadeBundle().tar()
        for length in stride(from: 0, to: bundle.count, by: 256) { try refuse(Array(bundle[..<length]), "\(length)") }
    }

    @Test func `a flipped bit is refused or changes nothing that counts`() throws {
        let bundle = try HandMadeBundle().tar()
        let good = try SharedStore()
        let id = try good.take(bundle).id
        var refused = 0
        for offset in stride(from: 0, to: bundle.count, by: 37) {
            var bytes = bundle
            bytes[offset] ^= 1 << (offset % 8)
            let store = try SharedStore()
            do {
                #expect(try store.take(bytes).id == id)
                #expect(try store.contents(id) == [HandMadeBundle.content])
            } catch {
                refused += 1
                #expect(try store.snapshotIDs.isEmpty)
            }
        }
        #expect(refused > bundle.count / 37 / 3)
    }

    @Test func `data after the end is refused`() throws {
        try refuse(HandMadeBundle().tar() + Array("more".utf8))
    }

    @Test func `members in another order, twice, besides, or absent are refused`() throws {
        let members = try HandMadeBundle().members()
        for index in members.indices {
            var (swapped, doubled, without) = (members, members, members)
            swapped.swapAt(index, (index + 1) % members.count)
            doubled.insert(members[index], at: index)
            without.remove(at: index)
            try refuse(HandMadeBundle.tar(swapped), "swapped \(index)")
            try refuse(HandMadeBundle.tar(doubled), "doubled \(index)")
            try refuse(HandMadeBundle.tar(without), "without \(index)")
            var besides = members
            besides.insert(Member("blobs/sha256/../../../escaped", [1]), at: index)
            try refuse(HandMadeBundle.tar(besides), "besides \(index)")
        }
        try refuse(HandMadeBundle.tar(members + [Member("more", [1])]))
    }

    @Test func `everything but a plain file is refused`() throws {
        let target = Array("/etc/passwd".utf8)
        let kinds: [ArchiveEntry.Kind] = [
            .directory, .symbolicLink(target: target), .hardLink(target: target), .fifo,
            .characterDevice(major: 1, minor: 1), .blockDevice(major: 8, minor: 0),
        ]
        let members = try HandMadeBundle().members()
        for index in members.indices {
            for kind in kinds {
                var changed = members
                changed[index] = Member(ArchiveEntry(path: members[index].entry.path, kind: kind, mode: 0o644))
                try refuse(HandMadeBundle.tar(changed), "\(index) \(kind)")
            }
            var sparse = members
            let half = members[index].bytes.count / 2
            sparse[index].entry.extents = [Extent(offset: 0, length: Int64(half))]
            sparse[index].bytes = Array(members[index].bytes[..<half])
            try refuse(HandMadeBundle.tar(sparse), "\(index) sparse")
            var attributed = members
            attributed[index].entry.attributes = [ExtendedAttribute(name: Array("user.x".utf8), value: [1])]
            try refuse(HandMadeBundle.tar(attributed), "\(index) with an attribute")
        }
    }

    @Test func `names that only look right are refused`() throws {
        let members = try HandMadeBundle().members()
        for name in ["/oci-layout", "OCI-LAYOUT", "oci-layout.json", "x/../oci-layout"] {
            var changed = members
            changed[0].entry.path = Array(name.utf8)
            try refuse(HandMadeBundle.tar(changed), name)
        }
    }

    @Test func `a blob that is not what the manifest says is refused`() throws {
        let other = try SHA256Hasher.digest(of: [1])
        let digest = try SHA256Hasher.digest(of: HandMadeBundle.content)
        let size = Int64(HandMadeBundle.content.count)
        let zstd = try compressed(HandMadeBundle.content)
        let zstdDigest = try SHA256Hasher.digest(of: zstd)
        let bad: [(String, JSONValue, [UInt8])] = [
            (
                "raw digest",
                HandMadeBundle.layer(
                    .blobZstd, stored: zstdDigest, storedSize: Int64(zstd.count), raw: other, rawSize: size), zstd
            ),
            (
                "raw size",
                HandMadeBundle.layer(
                    .blobZstd, stored: zstdDigest, storedSize: Int64(zstd.count), raw: digest, rawSize: size - 1), zstd
            ),
            (
                "raw size",
                HandMadeBundle.layer(
                    .blobZstd, stored: zstdDigest, storedSize: Int64(zstd.count), raw: digest, rawSize: size + 1), zstd
            ),
            (
                "not zstd",
                HandMadeBundle.layer(.blobZstd, stored: digest, storedSize: size, raw: digest, rawSize: size),
                HandMadeBundle.content
            ),
            (
                "two digests", HandMadeBundle.layer(.blob, stored: digest, storedSize: size, raw: other, rawSize: size),
                HandMadeBundle.content
            ),
            (
                "size",
                HandMadeBundle.layer(.blob, stored: digest, storedSize: size + 1, raw: digest, rawSize: size + 1),
                HandMadeBundle.content
            ),
            (
                "negative", HandMadeBundle.layer(.blob, stored: digest, storedSize: -1, raw: digest, rawSize: -1),
                HandMadeBundle.content
            ),
            (
                "huge",
                HandMadeBundle.layer(
                    .blobZstd, stored: zstdDigest, storedSize: Int64(zstd.count), raw: digest, rawSize: .max), zstd
            ),
            (
                "unknown type",
                HandMadeBundle.layer("application/x", stored: digest, storedSize: size, raw: digest, rawSize: size),
                HandMadeBundle.content
            ),
        ]
        for (what, layer, bytes) in bad {
            var bundle = try HandMadeBundle()
            bundle.layers = [layer]
            bundle.blobs = [bytes]
            try refuse(bundle.tar(), what)
        }
        // The bytes of another blob under this one's name.
        var members = try HandMadeBundle().members()
        members[4].bytes = members[4].bytes.map { $0 ^ 1 }
        try refuse(HandMadeBundle.tar(members), "other bytes")
        // Something behind the end of the compressed stream.
        var bundle = try HandMadeBundle()
        let longer = zstd + [0, 0, 0]
        bundle.layers = [
            HandMadeBundle.layer(
                .blobZstd, stored: try SHA256Hasher.digest(of: longer), storedSize: Int64(longer.count), raw: digest,
                rawSize: size)
        ]
        bundle.blobs = [longer]
        try refuse(bundle.tar(), "bytes behind the stream")
    }

    @Test func `a small blob that grows without end is stopped at its announced size`() throws {
        let bomb = try compressed([UInt8](repeating: 0, count: 64 << 20))
        #expect(bomb.count < 10_000)
        let digest = try SHA256Hasher.digest(of: HandMadeBundle.content)
        var bundle = try HandMadeBundle()
        bundle.layers = [
            HandMadeBundle.layer(
                .blobZstd, stored: try SHA256Hasher.digest(of: bomb), storedSize: Int64(bomb.count), raw: digest,
                rawSize: Int64(HandMadeBundle.content.count))
        ]
        bundle.blobs = [bomb]
        let error = try refuse(bundle.tar())
        #expect("\(try #require(error))".contains("larger than"))
    }

    @Test func `a manifest of something else is refused with what it is`() throws {
        var image = try HandMadeBundle()
        image.config = SnapshotManifest.descriptor(.imageConfig, try SHA256Hasher.digest(of: [1]), 1)
        #expect(try refuse(image.tar()).map { "\($0)" }?.contains("config.v1+json") == true)
        var newer = try HandMadeBundle()
        newer.artifactType = "application/vnd.envsnap.snapshot.v9"
        #expect(try refuse(newer.tar()).map { "\($0)" }?.contains("newer envsnap") == true)
    }

    @Test func `a manifest that names a blob twice, or not at all, is refused`() throws {
        var twice = try HandMadeBundle()
        twice.layers += twice.layers
        twice.blobs += twice.blobs
        try refuse(twice.tar())
        var none = try HandMadeBundle()
        (none.layers, none.blobs) = ([], [])
        #expect(try refuse(none.tar()).map { "\($0)" }?.contains("neither in it nor here") == true)
    }

    @Test func `documents of another form are refused`() throws {
        let good = try HandMadeBundle().document
        func changed(_ key: String, _ value: JSONValue) -> JSONValue {
            var object = good.object ?? JSONObject()
            object[key] = value
            return .object(object)
        }
        for document in [
            changed("formatVersion", 99), changed("requiredFeatures", ["time-travel"]), changed("engine", "x"),
            changed("trees", [["path": "/x"]]), .array([]),
        ] {
            var bundle = try HandMadeBundle()
            bundle.document = document
            try refuse(bundle.tar(), document.canonicalText)
        }
        // Members that this version does not know are kept, and the id with them.
        var bundle = try HandMadeBundle()
        bundle.document = changed("later", ["x": 1])
        let store = try SharedStore()
        let id = try store.take(bundle.tar()).id
        #expect(try JSONValue(parsing: store.library.store.readDocument(id))["later"]["x"] == 1)
    }

    @Test func `JSON that is nested deeply or too large is refused`() throws {
        var members = try HandMadeBundle().members()
        members[1] = Member(BundleLayout.index, Array(String(repeating: "[", count: 100_000).utf8))
        try refuse(HandMadeBundle.tar(members))
        members[1] = Member(BundleLayout.index, [UInt8](repeating: 0x20, count: 2 << 20))
        try refuse(HandMadeBundle.tar(members))
        members[0] = Member(
            BundleLayout.marker, Array(#"{"imageLayoutVersion":"1.0.0","imageLayoutVersion":"2"}"#.utf8))
        try refuse(HandMadeBundle.tar(members))
    }

    private func compressed(_ bytes: [UInt8]) throws -> [UInt8] {
        var result: [UInt8] = []
        let compressor = try ZstdCompressor(level: 3, sink: { result += $0 })
        try bytes.withUnsafeBytes { try compressor.write($0) }
        try compressor.finish()
        return result
    }
}
