// SPDX-License-Identifier: Apache-2.0

import Foundation
import OCI
import Snapshots
import SystemPackage
import TestSupport
import Testing

@Suite struct LayerCacheTests {
    private let fixture: LibraryFixture
    private let digest: Digest

    init() throws {
        fixture = try LibraryFixture()
        digest = try Digest(hex: String(repeating: "ab", count: 32))
    }

    @discardableResult
    private func add(_ text: String, to cache: LayerCache) async throws -> LayerCache.Layer {
        try await cache.add(digest) { files, recipe in
            try Data(text.utf8).write(to: URL(filePath: files.appending("file").string))
            try Data("recipe".utf8).write(to: URL(filePath: recipe.string))
            return Int64(text.utf8.count)
        }
    }

    @Test func `a layer that was added is found as it was unpacked`() async throws {
        let cache = try LayerCache(of: fixture.library)
        #expect(cache.layer(digest) == nil)
        let added = try await add("content", to: cache)
        #expect(cache.layer(digest) == added)
        #expect(added.contentSize == 7)
        #expect(try String(contentsOfFile: added.files.appending("file").string, encoding: .utf8) == "content")
        #expect(try String(contentsOfFile: added.recipe.string, encoding: .utf8) == "recipe")
        #expect(try names() == [digest.hex])
    }

    @Test func `a layer in which something was changed is not used`() async throws {
        let cache = try LayerCache(of: fixture.library)
        let layer = try await add("content", to: cache)
        let file = layer.files.appending("file").string
        // The same size and time of change, as a careful intruder would leave it.
        try Tool.run(
            "sh", "-ec",
            "touch -r '\(file)' '\(file).time'; printf CONTENT >'\(file)'; "
                + "touch -r '\(file).time' '\(file)'; rm '\(file).time'")
        #expect(cache.layer(digest) == nil)
    }

    @Test func `what fails to be unpacked leaves nothing`() async throws {
        let cache = try LayerCache(of: fixture.library)
        await #expect(throws: Errno.ioError) {
            _ = try await cache.add(digest) { files, _ in
                try Data().write(to: URL(filePath: files.appending("half").string))
                throw Errno.ioError
            }
        }
        #expect(try names() == [])
    }

    @Test func `garbage collection drops what no replay stands on, but not while it is in use`() async throws {
        var cache: LayerCache? = try LayerCache(of: fixture.library)
        try await add("content", to: try #require(cache))
        #expect(throws: (any Error).self) { try fixture.library.collectGarbage(isDryRun: false) }
        cache = nil
        #expect(try fixture.library.collectGarbage(isDryRun: true).layers == 1)
        #expect(try names() == [digest.hex])
        #expect(try fixture.library.collectGarbage(isDryRun: false).layers == 1)
        #expect(try names() == [])
    }

    private func names() throws -> [String] {
        try FileManager.default.contentsOfDirectory(atPath: fixture.folder.path("store/cache/layers"))
    }
}
