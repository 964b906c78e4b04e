// SPDX-License-Identifier: Apache-2.0

import Catalogue
import ContentStore
import Foundation
import OCI
import Snapshots
import SystemPackage
import TestSupport
import Testing

@testable import Sharing

/// A real registry behind a server that breaks what it should carry.
@Suite(.enabled(if: DockerRegistry.isInstalled, "needs Debian's docker-registry"), .timeLimit(.minutes(5)))
struct TroubledRegistryTests {
    private let registry: DockerRegistry
    private let from: SharedStore
    private let to: SharedStore
    private let snapshot: SnapshotRecord
    private let largest: BlobRecord

    init() throws {
        registry = try DockerRegistry()
        from = try SharedStore()
        to = try SharedStore()
        snapshot = try from.snapshot(RegistryTests.contents)
        largest = try #require(
            try from.library.catalogue.blobs(of: snapshot.id).max { $0.storedSize < $1.storedSize })
    }

    private var direct: String { "oci://127.0.0.1:\(registry.port)/foo:x" }

    @discardableResult
    private func serving<Result>(
        _ rule: @escaping @Sendable (FaultyServer.Request) -> FaultyServer.Action,
        _ body: (FaultyServer, _ reference: String) throws -> Result
    ) throws -> Result {
        let server = try FaultyServer(before: registry.port, rule)
        defer { server.stop() }
        return try body(server, "oci://127.0.0.1:\(server.port)/foo:x")
    }

    private func expectNothing() throws {
        #expect(try to.snapshotIDs.isEmpty)
        #expect(try to.library.store.documentIDs().isEmpty)
        #expect(try to.library.catalogue.allBlobs().isEmpty)
    }

    @Test(arguments: ["500 Internal Server Error", "503 Service Unavailable", "429 Too Many Requests"])
    func `an answer that passes is waited for`(_ status: String) throws {
        let counter = Counter()
        let rule: @Sendable (FaultyServer.Request) -> FaultyServer.Action = { _ in
            counter.next() % 6 == 1 ? .answer(status, headers: ["Retry-After: 0"]) : .pass
        }
        var options = RegistryOptions.quick()
        options.attempts = 12
        try serving(rule) { _, reference in
            try from.push(snapshot, to: reference, options)
            try to.pull(reference, options)
        }
        #expect(try to.contents(snapshot.id) == RegistryTests.contents)
    }

    @Test func `an answer that does not pass ends it after some attempts`() throws {
        let error = try serving({ _ in .answer("502 Bad Gateway") }) { server, reference in
            let error = #expect(throws: SharingError.self) { try to.pull(reference) }
            #expect(server.requests.count == RegistryOptions.quick().attempts)
            return error
        }
        #expect(error?.message.contains("502") == true)
    }

    @Test func `an upload that breaks goes on where the registry is`() throws {
        let counter = Counter()
        let rule: @Sendable (FaultyServer.Request) -> FaultyServer.Action = { request in
            guard request.method == "PATCH" else { return .pass }
            return [3, 5].contains(counter.next()) ? .cutRequest(after: 100_000) : .pass
        }
        let starts = try serving(rule) { server, reference in
            try from.push(snapshot, to: reference)
            return server.requests("PATCH").compactMap { $0.headers["content-range"] }
        }
        // Some chunks were sent again, and by far not all.
        #expect(starts.count > 5 && starts.count < 12, "\(starts)")
        try to.pull(direct)
        #expect(try to.contents(snapshot.id) == RegistryTests.contents)
    }

    @Test func `an upload that the registry has forgotten begins anew`() throws {
        let counter = Counter()
        let rule: @Sendable (FaultyServer.Request) -> FaultyServer.Action = { request in
            request.method == "PATCH" && counter.next() == 2 ? .answer("404 Not Found") : .pass
        }
        try serving(rule) { _, reference in try from.push(snapshot, to: reference) }
        try to.pull(direct)
        #expect(try to.contents(snapshot.id) == RegistryTests.contents)
    }

    @Test func `a download that breaks goes on behind what has come`() throws {
        try from.push(snapshot, to: direct)
        let blob = largest.storedDigest.hex
        let counter = Counter()
        let rule: @Sendable (FaultyServer.Request) -> FaultyServer.Action = { request in
            guard request.path.contains(blob) else { return .pass }
            return counter.next() < 4 ? .cutAnswer(after: 400_000) : .pass
        }
        let ranges = try serving(rule) { server, reference in
            try to.pull(reference)
            return server.requests("GET", blob).map { $0.headers["range"] ?? "" }
        }
        #expect(ranges.count == 4 && ranges[0] == "" && ranges[1...].allSatisfy { $0.hasPrefix("bytes=") }, "\(ranges)")
        #expect(try to.contents(snapshot.id) == RegistryTests.contents)
    }

    @Test func `a pull that failed is taken up by the next one`() throws {
        try from.push(snapshot, to: direct)
        let blob = largest.storedDigest.hex
        var options = RegistryOptions.quick()
        options.attempts = 1
        let rule: @Sendable (FaultyServer.Request) -> FaultyServer.Action = {
            $0.path.contains(blob) ? .cutAnswer(after: 900_000) : .pass
        }
        try serving(rule) { _, reference in
            let error = #expect(throws: SharingError.self) { try to.pull(reference, options) }
            #expect(error?.code == .unreachable)
        }
        try expectNothing()
        let requests = try serving({ _ in .pass }) { server, reference in
            try to.pull(reference)
            return server.requests("GET", "/blobs/")
        }
        // The document, and the rest of the one blob.
        #expect(requests.count == 2)
        #expect(requests.contains { $0.headers["range"]?.hasPrefix("bytes=") == true })
        #expect(try to.contents(snapshot.id) == RegistryTests.contents)
        #expect(try to.library.check(depth: .data).problems.isEmpty)
    }

    @Test func `a server that does not know ranges sends all again`() throws {
        try from.push(snapshot, to: direct)
        let (blob, counter) = (largest.storedDigest.hex, Counter())
        let whole = try Array(
            Data(contentsOf: URL(filePath: from.library.store.blobPath(largest.storedDigest).string)))
        let rule: @Sendable (FaultyServer.Request) -> FaultyServer.Action = { request in
            guard request.path.contains(blob) else { return .pass }
            return counter.next() == 1 ? .cutAnswer(after: 400_000) : .answer("200 OK", body: whole)
        }
        try serving(rule) { _, reference in try to.pull(reference) }
        #expect(try to.contents(snapshot.id) == RegistryTests.contents)
    }

    @Test func `a registry that falls silent is not waited for without end`() throws {
        try from.push(snapshot, to: direct)
        let (blob, counter) = (largest.storedDigest.hex, Counter())
        let rule: @Sendable (FaultyServer.Request) -> FaultyServer.Action = {
            $0.path.contains(blob) && counter.next() == 1 ? .silence : .pass
        }
        let begin = ContinuousClock.now
        try serving(rule) { _, reference in try to.pull(reference) }
        #expect(ContinuousClock.now - begin < .seconds(15))
        #expect(try to.contents(snapshot.id) == RegistryTests.contents)
    }

    @Test func `bytes that are not the blob's are refused, and nothing shows`() throws {
        try from.push(snapshot, to: direct)
        let blob = largest.storedDigest.hex
        let spoilers: [@Sendable ([UInt8]) -> [UInt8]] = [
            { bytes in bytes.enumerated().map { $0 == 1000 ? $1 ^ 1 : $1 } }, { $0 + [0] },
            { [UInt8](repeating: 0, count: $0.count) },
        ]
        for spoil in spoilers {
            try serving({ $0.path.contains(blob) ? .replaceBody(spoil) : .pass }) { _, reference in
                let error = #expect(throws: SharingError.self) { try to.pull(reference) }
                #expect(error?.code == .badBundle)
            }
            try expectNothing()
        }
        try serving({ $0.path.contains("/blobs/") ? .replaceBody { _ in [] } : .pass }) { _, reference in
            #expect(throws: SharingError.self) { try to.pull(reference) }
        }
        try expectNothing()
    }

    @Test(arguments: ["/manifests/", "/blobs/"])
    func `a body without end is cut off`(_ what: String) throws {
        try from.push(snapshot, to: direct)
        try serving({ $0.path.contains(what) ? .endless : .pass }) { _, reference in
            let error = #expect(throws: SharingError.self) { try to.pull(reference) }
            #expect(error?.code == .badBundle)
        }
        try expectNothing()
    }

    @Test func `redirects in a circle end`() throws {
        let rule: @Sendable (FaultyServer.Request) -> FaultyServer.Action = {
            $0.path.contains("/manifests/")
                ? .answer("307 Temporary Redirect", headers: ["Location: \($0.path)"]) : .pass
        }
        try serving(rule) { server, reference in
            #expect(throws: SharingError.self) { try to.pull(reference) }
            #expect(server.requests("GET", "/manifests/").count == 6)
        }
    }

    @Test func `blobs are fetched from where the registry sends one, without its login`() throws {
        try from.push(snapshot, to: direct)
        let port = registry.port
        let elsewhere = try FaultyServer(before: port) { _ in .pass }
        defer { elsewhere.stop() }
        let rule: @Sendable (FaultyServer.Request) -> FaultyServer.Action = { [port = elsewhere.port] request in
            if request.headers["authorization"] == nil {
                return .answer("401 Unauthorized", headers: ["WWW-Authenticate: Basic realm=\"x\""])
            }
            return request.path.contains("/blobs/")
                ? .answer("307 Temporary Redirect", headers: ["Location: http://127.0.0.1:\(port)\(request.path)"])
                : .pass
        }
        try serving(rule) { server, reference in
            let config = try to.folder.makeFolder("docker")
            let encoded = Data("user:secret".utf8).base64EncodedString()
            try to.folder.write(
                #"{"auths":{"127.0.0.1:\#(server.port)":{"auth":"\#(encoded)"}}}"#, to: "docker/config.json")
            try to.pull(reference, .quick(["DOCKER_CONFIG": config]))
        }
        #expect(!elsewhere.requests.isEmpty)
        #expect(elsewhere.requests.allSatisfy { $0.headers["authorization"] == nil })
        #expect(try to.contents(snapshot.id) == RegistryTests.contents)
    }

    @Test func `a token is fetched with the login, used, and renewed when it has expired`() throws {
        let issued = Counter()
        let uses = Uses()
        let rule: @Sendable (FaultyServer.Request) -> FaultyServer.Action = { request in
            if request.path.hasPrefix("/token") {
                let isKnown =
                    request.headers["authorization"] == "Basic " + Data("user:secret".utf8).base64EncodedString()
                let asks = request.path.contains("service=tests") && request.path.contains("scope=repository%3Afoo%3A")
                guard isKnown, asks else { return .answer("401 Unauthorized") }
                return .answer("200 OK", body: Array(#"{"token":"t\#(issued.next())"}"#.utf8))
            }
            if let token = request.headers["authorization"], uses.count(token) <= 5 { return .pass }
            let host = request.headers["host"] ?? ""
            return .answer(
                "401 Unauthorized",
                headers: [#"WWW-Authenticate: Bearer realm="http://\#(host)/token",service="tests",scope="x""#])
        }
        try serving(rule) { server, reference in
            let config = try to.folder.makeFolder("docker")
            let encoded = Data("user:secret".utf8).base64EncodedString()
            try to.folder.write(
                #"{"auths":{"127.0.0.1:\#(server.port)":{"auth":"\#(encoded)"}}}"#, to: "docker/config.json")
            var options = RegistryOptions.quick(["DOCKER_CONFIG": config])
            options.connections = 1
            try from.push(snapshot, to: reference, options)
            try to.pull(reference, options)
            #expect(server.requests("GET", "/token").count > 2)
        }
        #expect(try to.contents(snapshot.id) == RegistryTests.contents)
    }

    @Test func `what is no snapshot is told to be none`() throws {
        let image =
            #"{"schemaVersion":2,"config":{"mediaType":"application/vnd.oci.image.config.v1+json","digest":"sha256:"#
            + String(repeating: "a", count: 64) + #"","size":2},"layers":[]}"#
        for body in [image, "{}", "[]", "not json", ""] {
            let rule: @Sendable (FaultyServer.Request) -> FaultyServer.Action = {
                $0.path.contains("/manifests/") ? .answer("200 OK", body: Array(body.utf8)) : .pass
            }
            try serving(rule) { _, reference in
                let error = #expect(throws: SharingError.self) { try to.pull(reference) }
                #expect([.notASnapshot, .badBundle].contains(error?.code))
            }
        }
        try expectNothing()
    }
}
