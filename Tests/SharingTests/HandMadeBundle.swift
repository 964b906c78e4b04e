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

@testable import Sharing

/// A bundle made member by member, so that each can be wrong.
struct HandMadeBundle {
    struct Member {
        var entry: ArchiveEntry
        var bytes: [UInt8]

        init(_ name: String, _ bytes: [UInt8]) {
            entry = BundleLayout.entry(name, size: Int64(bytes.count))
            self.bytes = bytes
        }

        init(_ entry: ArchiveEntry) { (self.entry, bytes) = (entry, []) }
    }

    static let content = Array("the content of a blob".utf8)

    /// One blob that is stored as it is.
    var document: JSONValue
    var layers: [JSONValue]
    var config: JSONValue?
    var artifactType: JSONValue = .string(MediaType.snapshot.rawValue)
    var blobs: [[UInt8]] = [content]

    init() throws {
        let digest = try SHA256Hasher.digest(of: Self.content)
        let size = Int64(Self.content.count)
        var document = EnvironmentDocument(
            project: ProjectRecord(name: "foo", workingDirectory: "/srv/foo", configFiles: [], composeVersion: nil),
            engine: EngineRecord(version: ["Version": "1"], info: ["ID": "x"], apiVersion: "1.41"),
            capturedAt: "2026-11-01T10:00:00Z", toolVersion: "0.1.0")
        document.trees = [
            TreeRecord(
                path: "/srv/x", isFile: false, excluded: [],
                data: DataArchive(digest: digest, size: size, entries: 1, contentBytes: 1))
        ]
        self.document = document.json
        layers = [Self.layer(.blob, stored: digest, storedSize: size, raw: digest, rawSize: size)]
    }

    static func layer(
        _ type: MediaType, stored: Digest, storedSize: Int64, raw: Digest, rawSize: Int64
    ) -> JSONValue {
        SnapshotManifest.descriptor(
            type, stored, storedSize,
            [
                "io.envsnap.blob.raw-digest": .string(raw.description),
                "io.envsnap.blob.raw-size": .string(String(rawSize)),
            ])
    }

    /// The members in their order.
    func members() throws -> [Member] {
        let documentBytes = document.canonicalBytes
        let id = try SHA256Hasher.digest(of: documentBytes)
        let manifest: JSONValue = [
            "schemaVersion": 2, "mediaType": .string(MediaType.imageManifest.rawValue), "artifactType": artifactType,
            "config": config ?? SnapshotManifest.descriptor(.environment, id, Int64(documentBytes.count)),
            "layers": .array(layers),
        ]
        let bytes = manifest.canonicalBytes
        let digest = try SHA256Hasher.digest(of: bytes)
        return [
            Member(BundleLayout.marker, BundleLayout.markerBytes),
            Member(BundleLayout.index, BundleLayout.indexBytes(manifest: digest, size: bytes.count, of: id)),
            Member(BundleLayout.blob(digest), bytes), Member(BundleLayout.blob(id), documentBytes),
        ] + (try blobs.map { Member(BundleLayout.blob(try SHA256Hasher.digest(of: $0)), $0) })
    }

    /// The tar of members.
    static func tar(_ members: [Member]) throws -> [UInt8] {
        var bytes: [UInt8] = []
        let writer = PaxWriter(sink: { bytes += $0 })
        for member in members { try writer.append(member.entry, bytes: member.bytes) }
        try writer.finish()
        return bytes
    }

    /// The tar of all members.
    func tar() throws -> [UInt8] { try Self.tar(members()) }
}
