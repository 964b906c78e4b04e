// SPDX-License-Identifier: Apache-2.0

import EnvironmentModel
import Foundation
import JSONTree
import LiveEnvironment
import OCI
import Snapshots
import Steps
import TestSupport
import Testing

@testable import Capture

/// Of an engine whose data-root is laid out by hand as that of overlay2.
@Suite(.timeLimit(.minutes(1))) struct ImageReaderTests {
    private let fixture: StoreFixture
    private let image: ImageRecord
    private let tar: [UInt8]

    /// An image with one layer, which holds `hello` with five bytes.
    init() throws {
        fixture = try StoreFixture()
        try fixture.shell(
            """
            mkdir tree; printf world > tree/hello; tar --format=ustar -C tree -cf layer.tar hello
            printf '{"rootfs":{}}' > config; mkdir -p root/image/overlay2/imagedb/content/sha256
            mkdir -p root/overlay2/cache/diff; cp -p tree/hello root/overlay2/cache/diff/
            cp config root/image/overlay2/imagedb/content/sha256/$(sha256sum config | head -c 64)
            """)
        tar = try fixture.folder.read("layer.tar")
        let layer = try fixture.digest("layer.tar")
        let record = "root/image/overlay2/layerdb/sha256/\(layer.hex)"
        let around = [tar[..<512], tar[517...]].map { Data($0).base64EncodedString() }
        try fixture.folder.write("cache", to: record + "/cache-id")
        let recipe = try fixture.folder.write(
            """
            {"type":2,"payload":"\(around[0])","position":0}
            {"type":1,"name":"hello","size":5,"payload":"AAAAAAAAAAA=","position":1}
            {"type":2,"payload":"\(around[1])","position":2}\n
            """, to: record + "/tar-split.json")
        try Tool.run("gzip", recipe)
        let config = try fixture.digest("config")
        image = ImageRecord(
            id: config.description, config: config, layers: [layer], tags: ["foo:dev"], inspect: [:])
    }

    private func read(_ engine: FakeEngine) async throws -> [String] {
        let info: JSONValue = ["Driver": "overlay2", "DockerRootDir": .string(fixture.folder.path("root"))]
        var record = Sample.record(info: info)
        record.images = [image]
        let details = Shared<[String]>([])
        let reader = ImageReader(
            observed: try await Sample.observed(record, by: engine), access: LocalDataAccess(),
            transaction: fixture.transaction, report: .silent, detail: { text in details.change { $0.append(text) } })
        try await reader.read()
        return details.value
    }

    private var isComplete: Bool {
        get throws { try image.blobs.allSatisfy { try fixture.transaction.has($0) } }
    }

    /// What the engine would save, with or without the layer.
    private func saved(withLayer: Bool) throws -> [UInt8] {
        try fixture.shell(
            """
            mkdir -p saved/blobs/sha256; cp config saved/blobs/sha256/\(image.config.hex)
            \(withLayer ? "cp layer.tar saved/blobs/sha256/\(image.layers[0].hex)" : ":")
            tar -C saved -cf saved.tar blobs
            """)
        return try fixture.folder.read("saved.tar")
    }

    @Test func `an image is read from the engine's store, byte for byte, and the engine is not asked`() async throws {
        let engine = try FakeEngine { _ in nil }
        #expect(try await read(engine) == [])
        #expect(try isComplete)
        #expect(fixture.transaction.account.read == Int64(tar.count + 13))
        #expect(engine.requests.isEmpty)
    }

    @Test func `what the store has already is not read again`() async throws {
        let engine = try FakeEngine { _ in nil }
        _ = try await read(engine)
        let before = fixture.transaction.account.read
        _ = try await read(engine)
        #expect(fixture.transaction.account.read == before)
    }

    @Test(arguments: [
        "printf wOrld > root/overlay2/cache/diff/hello", "rm root/overlay2/cache/diff/hello",
        "rm root/image/overlay2/layerdb/sha256/*/cache-id", "rm -r root",
    ])
    func `what is not as its digest says comes by the engine's save`(_ damage: String) async throws {
        let archive = try saved(withLayer: true)
        try fixture.shell(damage)
        let engine = try FakeEngine { request in
            request.line == "GET /images/get" ? FakeAnswer(body: archive) : nil
        }
        let details = try await read(engine)
        #expect(details.last?.contains("foo:dev by the engine's save") == true)
        #expect(engine.requests.map { $0.query["names"] } == [[image.id]])
        #expect(try isComplete)
    }

    @Test func `an image that the engine cannot give whole is an error`() async throws {
        let archive = try saved(withLayer: false)
        try fixture.shell("rm -r root")
        let engine = try FakeEngine { _ in FakeAnswer(body: archive) }
        let error = await #expect(throws: CaptureError.self) { try await read(engine) }
        #expect(error?.code == .imageIncomplete)
        #expect(error?.message.contains("foo:dev") == true)
        #expect(error?.message.contains(image.layers[0].short) == true)
    }
}
