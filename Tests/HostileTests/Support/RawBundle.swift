// SPDX-License-Identifier: Apache-2.0

import Hashing
import JSONTree
import OCI

/// A bundle written by hand after `docs/sharing.md`, with everything in it open to change.
///
/// What is changed at one level is hashed into the levels above, so that a reader gets as far as to the lie.
struct RawBundle {
    /// A blob and what the manifest says of it.
    struct Blob {
        var bytes: [UInt8]
        var type = "application/vnd.envsnap.blob.v1"
        /// The uncompressed bytes; the same where it is not compressed.
        var raw: [UInt8]
        var kind: String?
        /// Members of the descriptor that are other than they should be.
        var descriptor: [String: JSONValue] = [:]
        /// Annotations that are other than they should be; null takes one away.
        var annotations: [String: JSONValue] = [:]

        init(_ bytes: [UInt8], raw: [UInt8]? = nil, kind: String? = nil) {
            self.bytes = bytes
            self.raw = raw ?? bytes
            self.kind = kind
            if raw != nil { type = "application/vnd.envsnap.blob.v1+zstd" }
        }

        var digest: String { RawBundle.digest(bytes) }

        var json: JSONValue {
            var notes: [String: JSONValue] = [
                "io.envsnap.blob.raw-digest": .string("sha256:" + RawBundle.digest(raw)),
                "io.envsnap.blob.raw-size": .string(String(raw.count)),
            ]
            if let kind { notes["io.envsnap.blob.kind"] = .string(kind) }
            for (key, value) in annotations { notes[key] = value.isNull ? nil : value }
            var object: [String: JSONValue] = [
                "mediaType": .string(type), "digest": .string("sha256:" + digest), "size": .int(bytes.count),
                "annotations": .object(JSONObject(notes)),
            ]
            for (key, value) in descriptor { object[key] = value.isNull ? nil : value }
            return .object(JSONObject(object))
        }
    }

    /// A member of the tar.
    struct Member {
        var header: RawTar.Header
        var body: [UInt8]
        /// Blocks that stand before it, as extended headers.
        var before: [UInt8] = []

        init(_ name: String, _ body: [UInt8]) {
            header = RawTar.Header(name, size: body.count)
            self.body = body
        }

        var bytes: [UInt8] { before + header.block + RawTar.padded(body) }
    }

    var marker = #"{"imageLayoutVersion":"1.0.0"}"#
    var document: [UInt8]
    var blobs: [Blob]
    /// Changes the text of the manifest, of the index, and the members.
    var editManifest: (String) -> String = { $0 }
    var editIndex: (String) -> String = { $0 }
    var editMembers: (inout [Member]) -> Void = { _ in }

    /// A sound bundle: one tree with the archive, kept as one blob.
    init(archive: [UInt8] = Self.archive) {
        self.init(document: Self.document(archive: archive).canonicalBytes, blobs: [Blob(archive, kind: "data")])
    }

    init(document: [UInt8], blobs: [Blob]) {
        self.document = document
        self.blobs = blobs
    }

    static let archive = RawTar.archive { tar in
        tar.folder("./")
        tar.file("file", "the content of a blob")
    }

    static func digest(_ bytes: [UInt8]) -> String {
        do { return try SHA256Hasher.digest(of: bytes).hex } catch { return "" }
    }

    /// A document with one tree of this archive.
    static func document(archive: [UInt8], path: String = "/srv/foo") -> JSONValue {
        document(
            data: [
                "digest": .string("sha256:" + digest(archive)), "size": .int(archive.count), "entries": 2,
                "contentBytes": 21,
            ], path: path)
    }

    /// A document with one tree of this reference.
    static func document(data: JSONValue, path: String = "/srv/foo") -> JSONValue {
        [
            "formatVersion": 2, "capturedAt": "2026-11-01T10:00:00Z", "toolVersion": "0.1.0",
            "project": ["name": "foo", "workingDirectory": "/srv/foo"],
            "engine": ["apiVersion": "1.41", "version": ["Version": "1"], "info": ["ID": "x"]],
            "trees": [["path": .string(path), "isFile": false, "data": data]],
        ]
    }

    /// The members in their order.
    var members: [Member] {
        let id = Self.digest(document)
        let sorted = blobs.sorted { $0.digest < $1.digest }
        let manifest: JSONValue = [
            "schemaVersion": 2, "mediaType": "application/vnd.oci.image.manifest.v1+json",
            "artifactType": "application/vnd.envsnap.snapshot.v1",
            "config": [
                "mediaType": "application/vnd.envsnap.environment.v1+json", "digest": .string("sha256:" + id),
                "size": .int(document.count),
            ],
            "layers": .array(sorted.map(\.json)),
        ]
        let manifestBytes = Array(editManifest(manifest.canonicalText).utf8)
        let manifestDigest = Self.digest(manifestBytes)
        let index: JSONValue = [
            "schemaVersion": 2, "mediaType": "application/vnd.oci.image.index.v1+json",
            "manifests": [
                [
                    "mediaType": "application/vnd.oci.image.manifest.v1+json",
                    "digest": .string("sha256:" + manifestDigest), "size": .int(manifestBytes.count),
                ]
            ],
        ]
        var members = [
            Member("oci-layout", Array(marker.utf8)),
            Member("index.json", Array(editIndex(index.canonicalText).utf8)),
            Member("blobs/sha256/" + manifestDigest, manifestBytes), Member("blobs/sha256/" + id, document),
        ]
        members += sorted.map { Member("blobs/sha256/" + $0.digest, $0.bytes) }
        editMembers(&members)
        return members
    }

    /// The whole bundle.
    var tar: [UInt8] { members.flatMap(\.bytes) + [UInt8](repeating: 0, count: 1024) }
}
