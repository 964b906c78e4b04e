// SPDX-License-Identifier: Apache-2.0

import EnvironmentModel
import JSONTree
import LiveEnvironment
import OCI
import Snapshots
import SystemPackage
import TestSupport
import Testing

/// A store beside a folder in which images are made by hand.
struct StoreFixture {
    let folder: TemporaryFolder
    let library: SnapshotLibrary

    init() throws {
        folder = try TemporaryFolder()
        library = try SnapshotLibrary(at: FilePath(folder.path("store")))
    }

    /// Runs a script in the folder.
    @discardableResult
    func shell(_ script: String) throws -> [String] {
        try Tool.run("sh", "-ec", "cd '\(folder.path)'; \(script)").split(separator: "\n").map(String.init)
    }

    /// The digest of a file, by `sha256sum`.
    func digest(_ name: String) throws -> Digest { try Digest(hex: try Tool.sha256(folder.path(name))) }

    /// The image of a configuration and layers that are files of the folder.
    func image(_ config: String, layers: [String], tags: [String] = []) throws -> ImageRecord {
        let config = try digest(config)
        return ImageRecord(
            id: config.description, config: config, layers: try layers.map(digest), tags: tags, inspect: [:])
    }

    /// Reads blobs as an engine with a data-root would give them, and expects each to be the very same bytes.
    func expectTheSame(_ places: [Digest: ImageBlobs.Place]) async throws {
        let access = LocalDataAccess()
        for (digest, place) in places {
            let bytes = try await access.read(place) { produce in
                var bytes: [UInt8] = []
                try produce { bytes += $0 }
                return bytes
            }
            try folder.write(bytes, to: "again")
            #expect(try self.digest("again") == digest)
        }
    }

    /// Stores files of the folder in a snapshot that consists of these images; returns its id.
    @discardableResult
    func store(_ files: [String], as images: [ImageRecord]) throws -> Digest {
        let transaction = try library.begin()
        defer { transaction.end() }
        for file in files {
            let bytes = try folder.read(file)
            _ = try transaction.putBlob(kind: "image") { sink in try bytes.withUnsafeBytes { try sink($0) } }
        }
        var document = EnvironmentDocument(
            project: ProjectRecord(name: "foo", workingDirectory: "/srv/foo", configFiles: [], composeVersion: nil),
            engine: EngineRecord(version: [:], info: [:], apiVersion: "1.41"), capturedAt: "2026-11-01T10:00:00Z",
            toolVersion: "0")
        document.engine.images = images
        return try transaction.commit(document)
    }

    /// Three layers: files, one that deletes some of them, and one that only adds.
    func makeLayers() throws {
        try shell(
            """
            mkdir -p base/etc base/opt; printf conf > base/etc/conf; printf old > base/opt/old; ln -s conf base/etc/link
            tar --format=pax -C base -cf base.tar .
            mkdir -p upper/etc upper/opt; : > upper/etc/.wh.conf; : > upper/opt/.wh..wh..opq; printf new > upper/opt/new
            tar --format=gnu -C upper --no-recursion -cf upper.tar etc etc/.wh.conf opt opt/.wh..wh..opq opt/new
            mkdir -p other/bin; head -c 100000 /dev/urandom > other/bin/tool; tar --format=ustar -C other -cf other.tar .
            printf '{"config":1}' > config1; printf '{"config":2}' > config2
            """)
    }
}
