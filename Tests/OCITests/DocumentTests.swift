// SPDX-License-Identifier: Apache-2.0

import Foundation
import OCI
import Testing

@Suite struct DocumentTests {
    static let empty = "sha256:44136fa355b3678a1146ad16f7e8649e94fb4fc21fe77e8310c060f61caaff8a"

    @Test func aManifestKeepsAllItsFields() throws {
        let text = """
            {"annotations":{"a":"b"},"artifactType":"application/x.y",\
            "config":{"data":"e30=","digest":"\(Self.empty)","mediaType":"application/vnd.oci.empty.v1+json","size":2},\
            "layers":[{"digest":"\(Self.empty)","mediaType":"application/vnd.oci.image.layer.v1.tar+zstd","size":2,\
            "urls":["file:x"]}],\
            "mediaType":"application/vnd.oci.image.manifest.v1+json","schemaVersion":2}
            """
        let manifest = try JSONDecoder().decode(Manifest.self, from: Data(text.utf8))
        #expect(manifest.config.mediaType == .empty)
        #expect(manifest.layers.first?.mediaType == .layerTarZstd)
        #expect(try sorted(manifest) == text)
    }

    @Test func anIndexKeepsAllItsFields() throws {
        let text = """
            {"manifests":[{"annotations":{"org.opencontainers.image.ref.name":"x"},"digest":"\(Self.empty)",\
            "mediaType":"application/vnd.oci.image.manifest.v1+json",\
            "platform":{"architecture":"arm64","os":"linux","os.features":["f"],"os.version":"1","variant":"v8"},\
            "size":2}],"schemaVersion":2}
            """
        let index = try JSONDecoder().decode(ImageIndex.self, from: Data(text.utf8))
        #expect(index.manifests.first?.platform?.variant == "v8")
        #expect(index.mediaType == nil)
        #expect(try sorted(index) == text)
    }

    @Test func madeDocumentsSayTheirVersionAndType() throws {
        let digest = try Digest(parsing: Self.empty)
        let config = Descriptor(mediaType: .empty, digest: digest, size: 2)
        let manifest = Manifest(config: config, layers: [])
        #expect(manifest.schemaVersion == 2)
        #expect(manifest.mediaType == .imageManifest)
        #expect(ImageIndex(manifests: [config]).mediaType == .imageIndex)
    }

    @Test func aDescriptorWithoutADigestIsRefused() {
        let text = Data(#"{"mediaType":"application/json","size":2}"#.utf8)
        #expect(throws: DecodingError.self) { try JSONDecoder().decode(Descriptor.self, from: text) }
    }

    @Test func anImageConfigIsReadLeniently() throws {
        let full = """
            {"architecture":"amd64","config":{"Env":["A=B"]},"created":"2026-11-23T00:00:00Z","history":[{"x":1}],
             "os":"linux","rootfs":{"type":"layers","diff_ids":["\(Self.empty)"]},"unknown":[1,2]}
            """
        let config = try JSONDecoder().decode(ImageConfig.self, from: Data(full.utf8))
        #expect(config.architecture == "amd64")
        #expect(config.diffIDs.map(\.description) == [Self.empty])

        let old = try JSONDecoder().decode(ImageConfig.self, from: Data("{}".utf8))
        #expect(old.os.isEmpty)
        #expect(old.diffIDs.isEmpty)

        let null = try JSONDecoder().decode(ImageConfig.self, from: Data(#"{"rootfs":{"diff_ids":null}}"#.utf8))
        #expect(null.diffIDs.isEmpty)
    }

    @Test func anImageConfigWithAMalformedLayerDigestIsRefused() {
        let text = Data(#"{"rootfs":{"diff_ids":["sha256:../../x"]}}"#.utf8)
        #expect(throws: (any Error).self) { try JSONDecoder().decode(ImageConfig.self, from: text) }
    }

    private func sorted(_ value: some Encodable) throws -> String {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
        return String(decoding: try encoder.encode(value), as: UTF8.self)
    }
}
