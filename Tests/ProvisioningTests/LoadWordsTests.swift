// SPDX-License-Identifier: Apache-2.0

import Testing

@testable import Provisioning

@Suite struct LoadWordsTests {
    private static func words(
        _ words: [String], named: [String] = [], images: Set<String> = []
    ) async throws -> LoadWords {
        try await LoadWords(words, named: named, hosts: ["corge", "grault", "foo_corge_1"]) { images.contains($0) }
    }

    @Test func `the last words that are hosts are hosts`() async throws {
        let found = try await Self.words(["app:dev", "redis", "corge", "grault"], images: ["app:dev", "redis"])
        #expect(found.images == ["app:dev", "redis"])
        #expect(found.hosts == ["corge", "grault"])
    }

    @Test func `without a host all words are images`() async throws {
        let found = try await Self.words(["app:dev", "redis"])
        #expect(found.images == ["app:dev", "redis"])
        #expect(found.hosts.isEmpty)
    }

    @Test func `one word alone is an image, whatever it is called`() async throws {
        let found = try await Self.words(["corge"], images: ["corge"])
        #expect(found.images == ["corge"])
    }

    @Test func `a host before an image is taken for an image`() async throws {
        let found = try await Self.words(["corge", "app"])
        #expect(found.images == ["corge", "app"])
    }

    @Test func `what may be either is refused with the way to say it`() async throws {
        let error = await #expect(throws: ProvisioningError.self) {
            _ = try await Self.words(["app", "corge"], images: ["app", "corge"])
        }
        #expect(error?.code == .unclear)
        #expect(error?.hint?.contains("--host corge") == true)
    }

    @Test func `hosts named by the option leave all words to images`() async throws {
        let found = try await Self.words(["app", "corge"], named: ["foo_corge_1"], images: ["app", "corge"])
        #expect(found.images == ["app", "corge"])
        #expect(found.hosts == ["foo_corge_1"])
    }

    @Test func `a host that is none is an error that lists those there are`() async throws {
        let error = await #expect(throws: ProvisioningError.self) { _ = try await Self.words(["app"], named: ["fred"]) }
        #expect(error?.code == .noSuchHost)
        #expect(error?.hint == "there are: corge, foo_corge_1, grault")
    }
}
