// SPDX-License-Identifier: Apache-2.0

import EnvironmentModel
import JSONTree
import LiveEnvironment
import OCI
import TestSupport
import Testing

@testable import Replay

/// Read with GNU tar, and with skopeo where it is there.
@Suite struct ImageArchiveTests {
    private let fixture: StoreFixture

    init() throws {
        fixture = try StoreFixture()
        try fixture.makeLayers()
    }

    /// Writes the archive of images and unpacks it into `out`.
    private func unpack(_ images: [ImageRecord]) throws {
        try fixture.folder.write(try bytes(images), to: "archive.tar")
        try fixture.shell("rm -rf out; mkdir out; tar -C out -xf archive.tar")
    }

    private func bytes(_ images: [ImageRecord]) throws -> [UInt8] {
        var bytes: [UInt8] = []
        try ImageArchive(images: images, contents: LibraryImages(fixture.library)).write { bytes += $0 }
        return bytes
    }

    private func json(_ name: String) throws -> JSONValue { try JSONValue(parsing: try fixture.folder.read(name)) }

    private func name(_ digest: Digest) -> JSONValue { .string("blobs/sha256/\(digest.hex)") }

    /// Two images on one layer, the second without a name.
    private func classic() throws -> [ImageRecord] {
        let images = [
            try fixture.image("config1", layers: ["base.tar", "upper.tar"], tags: ["foo:dev", "reg:5000/x/foo:1"]),
            try fixture.image("config2", layers: ["base.tar", "other.tar"]),
        ]
        try fixture.store(["base.tar", "upper.tar", "other.tar", "config1", "config2"], as: images)
        return images
    }

    @Test func `classic stores find configs, names and layers in their order`() throws {
        let images = try classic()
        try unpack(images)
        let manifest = try json("out/manifest.json")
        #expect(
            manifest == [
                [
                    "Config": name(images[0].config), "RepoTags": ["foo:dev", "reg:5000/x/foo:1"],
                    "Layers": .array(images[0].layers.map(name)),
                ],
                ["Config": name(images[1].config), "RepoTags": [], "Layers": .array(images[1].layers.map(name))],
            ])
    }

    @Test func `every blob stands once, under the digest of its bytes`() throws {
        let images = try classic()
        try unpack(images)
        let files = try fixture.shell("tar -tf archive.tar")
        #expect(Set(files).count == files.count)
        let blobs = try fixture.shell("cd out/blobs/sha256; sha256sum *").map { $0.split(separator: " ") }
        #expect(blobs.allSatisfy { $0.first == $0.last })
        #expect(blobs.count == Set(images.flatMap(\.blobs)).count + 2)
        #expect(try json("out/oci-layout") == ["imageLayoutVersion": "1.0.0"])
    }

    @Test func `containerd's store finds a manifest for each name, and one for an image without`() throws {
        let images = try classic()
        try unpack(images)
        let manifests = try json("out/index.json")["manifests"].array ?? []
        #expect(
            manifests.map { $0["annotations"]["io.containerd.image.name"].string } == [
                "docker.io/library/foo:dev", "reg:5000/x/foo:1", nil,
            ])
        #expect(
            manifests.map { $0["annotations"]["org.opencontainers.image.ref.name"].string } == ["dev", "1", nil])
        let digests = manifests.map { $0["digest"].string ?? "" }
        #expect(digests[0] == digests[1])
        for (digest, image) in [(digests[0], images[0]), (digests[2], images[1])] {
            let manifest = try json("out/blobs/sha256/" + digest.dropFirst("sha256:".count))
            #expect(manifest["config"]["digest"].string == image.config.description)
            let layers = manifest["layers"].array ?? []
            #expect(layers.map { $0["digest"].string } == image.layers.map(\.description))
            for layer in layers {
                let path = fixture.folder.path("out/blobs/sha256/\((layer["digest"].string ?? "").dropFirst(7))")
                #expect(try fixture.shell("stat -c %s \(path)") == [String(layer["size"].int ?? -1)])
            }
        }
    }

    @Test func `the same images give the same archive`() throws {
        let images = try classic()
        #expect(try bytes(images) == bytes(images))
    }

    @Test func `an image of containerd's store keeps its own manifests and compressed layers`() throws {
        let layer = try fixture.digest("base.tar")
        try fixture.shell("gzip -nk base.tar")
        let (config, blob) = (try fixture.digest("config1"), try fixture.digest("base.tar.gz"))
        try fixture.folder.write(
            #"{"schemaVersion":2,"config":{"digest":"\#(config)"},"layers":[{"digest":"\#(blob)"}]}"#, to: "manifest")
        let manifest = try fixture.digest("manifest")
        try fixture.folder.write(
            #"{"schemaVersion":2,"manifests":[{"digest":"\#(manifest)"}]}"#, to: "index")
        let index = try fixture.digest("index")
        var image = ImageRecord(
            id: index.description, config: config, layers: [layer], tags: ["foo:dev"], inspect: [:])
        image.manifests = [index, manifest]
        image.layerBlobs = [blob]
        try fixture.store(["config1", "base.tar.gz", "manifest", "index"], as: [image])
        try unpack([image])
        let descriptor = try json("out/index.json")["manifests"][0]
        #expect(descriptor["digest"].string == index.description)
        #expect(descriptor["mediaType"].string == "application/vnd.oci.image.index.v1+json")
        #expect(descriptor["size"].int == Int64(try fixture.folder.read("index").count))
        #expect(try json("out/manifest.json")[0]["Layers"] == [name(blob)])
        let blobs = try fixture.shell("cd out/blobs/sha256; ls")
        #expect(blobs == [index, manifest, config, blob].map(\.hex).sorted())
    }

    @Test func `a blob that the store lacks is an error`() throws {
        var image = try classic()[0]
        image.layers.append(try Sample.digest("never stored"))
        #expect(throws: (any Error).self) { try bytes([image]) }
    }

    @Test(.enabled(if: Tool.exists("skopeo"))) func `skopeo reads it in both of its forms`() throws {
        let layer = try fixture.digest("base.tar")
        let config =
            #"{"architecture":"amd64","os":"linux","rootfs":{"type":"layers","diff_ids":["\#(layer)"]}}"#
        try fixture.folder.write(config, to: "config1")
        let image = try fixture.image("config1", layers: ["base.tar"], tags: ["foo:dev"])
        try fixture.store(["base.tar", "config1"], as: [image])
        try unpack([image])
        for source in ["docker-archive:\(fixture.folder.path("archive.tar"))", "oci:\(fixture.folder.path("out")):dev"]
        {
            let shown = try Tool.run("skopeo", "inspect", "--config", "--raw", source)
            #expect(try JSONValue(parsing: shown) == JSONValue(parsing: config))
        }
    }
}
