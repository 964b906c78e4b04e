// SPDX-License-Identifier: Apache-2.0

public import Archive
import Catalogue
public import EnvironmentModel
import Hashing
import JSONTree
import OCI

/// Reads a bundle from its beginning to its end, and takes nothing else for one.
///
/// The members have to be those of `BundleWriter`, in its order: regular files with the names and sizes that were
/// announced, none twice, none besides, nothing after the end. Nothing is unpacked to a path that a bundle names.
public final class BundleReader {
    /// What the bundle says of the snapshot.
    public let manifest: SnapshotManifest
    /// The signature that it carries, not verified.
    public let signature: BundleSignature?
    /// The environment document's bytes, of which the digest is not verified yet.
    let documentBytes: [UInt8]
    private let tar: PaxReader

    /// Reads up to the blobs.
    ///
    /// - Throws: `SharingError`, `ArchiveError`, or the source's error.
    public init(source: @escaping ByteSource) throws {
        do {
            let tar = try PaxReader(source: source)
            self.tar = tar
            let marker = try Self.member(BundleLayout.marker, size: nil, limit: 1024, of: tar)
            guard try JSONValue(parsing: marker, maximumDepth: 4)["imageLayoutVersion"].string == "1.0.0" else {
                throw SharingError(.notASnapshot, "its OCI layout has another version than 1.0.0")
            }
            let index = try Self.member(BundleLayout.index, size: nil, limit: 1 << 20, of: tar)
            let (digest, size, armour) = try Self.manifest(in: index)
            signature = armour.map { BundleSignature(armour: $0, manifest: digest) }
            let bytes = try Self.member(
                BundleLayout.blob(digest), size: size, limit: SnapshotManifest.largestSize, of: tar)
            guard try SHA256Hasher.digest(of: bytes) == digest else {
                throw SnapshotManifest.malformed("its bytes are not those that the index names")
            }
            manifest = try SnapshotManifest(parsing: bytes)
            documentBytes = try Self.member(
                BundleLayout.blob(manifest.snapshot), size: manifest.documentSize,
                limit: Int(SnapshotManifest.largestDocument), of: tar)
        } catch let error as JSONError {
            throw SharingError(.badBundle, "it is no bundle: \(error)")
        } catch { throw Self.wrapped(error) }
    }

    /// The environment document, verified.
    public func document() throws -> EnvironmentDocument {
        try SnapshotReceiver.verifiedDocument(documentBytes, manifest)
    }

    /// Hands over every blob in the manifest's order, and verifies that the bundle ends as it should.
    ///
    /// What the body does not read is skipped.
    func readBlobs(_ body: (BlobRecord, @escaping ByteSource) throws -> Void) throws {
        do {
            for blob in manifest.blobs {
                try Self.begin(BundleLayout.blob(blob.storedDigest), size: blob.storedSize, of: tar)
                try body(blob) { [tar] buffer in
                    do { return try tar.read(into: buffer) } catch { throw Self.wrapped(error) }
                }
            }
            if let entry = try tar.next() { throw Self.unexpected(entry, "its end") }
        } catch { throw Self.wrapped(error) }
    }

    /// Reads a small member whole.
    private static func member(_ name: String, size: Int64?, limit: Int, of tar: PaxReader) throws -> [UInt8] {
        try begin(name, size: size, of: tar)
        return try tar.readAll(limit: limit)
    }

    /// Goes to the next member, which has to be this one.
    private static func begin(_ name: String, size: Int64?, of tar: PaxReader) throws {
        guard let entry = try tar.next() else {
            throw SharingError(.incomplete, "the bundle ends before \(name)", hint: "fetch or make it again")
        }
        guard entry.path == Array(name.utf8), case .file(let found) = entry.kind, entry.extents == nil,
            entry.attributes.isEmpty, size ?? found == found
        else { throw unexpected(entry, name) }
    }

    private static func unexpected(_ entry: ArchiveEntry, _ expected: String) -> SharingError {
        let path = String(decoding: entry.path.prefix(100), as: UTF8.self)
        return SharingError(
            .notASnapshot, "it is no bundle of envsnap export: \"\(path)\" stands where \(expected) has to be",
            hint: "an image layout of other tools is copied to a registry (skopeo copy oci-archive:FILE docker://…) "
                + "and pulled from there")
    }

    /// The one manifest that the index names.
    static func manifest(in index: [UInt8]) throws -> (digest: Digest, size: Int64, signature: String?) {
        let manifests = try SnapshotManifest.json(index, "the index")["manifests"].array ?? []
        guard manifests.count == 1 else {
            throw SharingError(.notASnapshot, "its index names \(manifests.count) manifests instead of one")
        }
        let (type, digest, size) = try SnapshotManifest.descriptor(manifests[0])
        guard type == .imageManifest, size <= SnapshotManifest.largestSize else {
            throw SharingError(.notASnapshot, "its index names something of the type \(type), \(size) bytes")
        }
        let signature = manifests[0]["annotations"][BundleLayout.signature]
        guard signature.isNull || (signature.string?.utf8.count ?? .max) <= BundleSignature.largestSize else {
            throw SnapshotManifest.malformed("its signature is too large, or no text")
        }
        return (digest, size, signature.string)
    }

    /// What the tar's reader found, said of the bundle.
    private static func wrapped(_ error: any Error) -> any Error {
        guard let error = error as? ArchiveError else { return error }
        let isTruncated = error.code == .truncated
        return SharingError(
            isTruncated ? .incomplete : .badBundle, "the bundle cannot be read: \(error.message)",
            hint: isTruncated ? "it is not whole: fetch it again" : nil)
    }
}
