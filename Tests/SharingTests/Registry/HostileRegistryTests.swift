// SPDX-License-Identifier: Apache-2.0

import Catalogue
import ContentStore
import Foundation
import Snapshots
import TestSupport
import Testing

@testable import Sharing

/// A registry that means harm: every pull of it ends soon with an error that says why, and nothing is kept.
@Suite(
    .enabled(if: DockerRegistry.isInstalled, "needs Debian's docker-registry"), .serialized, .timeLimit(.minutes(5)))
struct HostileRegistryTests {
    /// What it does, by name.
    static let actions: [(name: String, action: FaultyServer.Action)] = [
        ("a redirect to a file", .answer("307 Temporary Redirect", headers: ["Location: file:///etc/passwd"])),
        ("a redirect to another protocol", .answer("302 Found", headers: ["Location: gopher://127.0.0.1:1/x"])),
        (
            "a redirect to a unix socket",
            .answer("307 Temporary Redirect", headers: ["Location: unix:///var/run/docker.sock"])
        ),
        ("a redirect to nowhere", .answer("307 Temporary Redirect")),
        ("a redirect to a closed port", .answer("307 Temporary Redirect", headers: ["Location: http://127.0.0.1:1/x"])),
        ("401 without a challenge", .answer("401 Unauthorized")),
        ("401 with nonsense", .answer("401 Unauthorized", headers: ["WWW-Authenticate: \u{1}=,,,\"\""])),
        (
            "401 with a file as its realm",
            .answer(
                "401 Unauthorized", headers: ["WWW-Authenticate: Bearer realm=\"file:///etc/passwd\",service=\"x\""])
        ),
        (
            "401 with a realm of 64 KiB",
            .answer(
                "401 Unauthorized",
                headers: [
                    "WWW-Authenticate: Bearer realm=\"http://127.0.0.1:1/\(String(repeating: "x", count: 65_536))\""
                ])
        ),
        ("403", .answer("403 Forbidden")), ("404", .answer("404 Not Found")),
        ("405", .answer("405 Method Not Allowed")),
        (
            "410 with escape sequences",
            .answer("410 Gone", body: Array("{\"errors\":[{\"message\":\"\u{1B}[2Jx\"}]}".utf8))
        ),
        ("429 for ever", .answer("429 Too Many Requests", headers: ["Retry-After: 0"])),
        (
            "429 with a wait that is none",
            .answer("429 Too Many Requests", headers: ["Retry-After: -99999999999999999999"])
        ),
        ("500 for ever", .answer("500 Internal Server Error")), ("a status that is none", .answer("999 Odd")),
        (
            "206 where all was asked for",
            .answer("206 Partial Content", headers: ["Content-Range: bytes 5-9/10"], body: Array("hello".utf8))
        ),
        ("a header of 1 MiB", .answer("200 OK", headers: ["X-Long: \(String(repeating: "x", count: 1 << 20))"])),
        ("other bytes", .answer("200 OK", body: Array(#"{"schemaVersion":2}"#.utf8))),
        ("an answer that is cut in its head", .cutAnswer(after: 40)),
        ("an answer that is cut in its body", .cutAnswer(after: 400)),
        ("a body without end", .endless), ("silence", .silence),
    ]

    @Test(arguments: actions.indices, ["/manifests/", "/blobs/"])
    func `a pull ends with an error, and nothing is kept`(_ number: Int, _ path: String) throws {
        let (name, action) = Self.actions[number]
        let registry = try DockerRegistry()
        let (from, to) = (try SharedStore(), try SharedStore())
        let snapshot = try from.snapshot(RegistryTests.contents)
        try from.push(snapshot, to: "oci://127.0.0.1:\(registry.port)/foo:x")
        let server = try FaultyServer(before: registry.port) { $0.path.contains(path) ? action : .pass }
        defer { server.stop() }
        var options = RegistryOptions.quick()
        options.stallSeconds = 1
        options.attempts = 2
        let start = ContinuousClock.now
        let error = #expect(throws: SharingError.self, "\(name)") {
            try to.pull("oci://127.0.0.1:\(server.port)/foo:x", options)
        }
        #expect(ContinuousClock.now - start < .seconds(30), "\(name)")
        let message = error?.description ?? ""
        #expect(message.utf8.count > 15 && message.utf8.count < 1000, "\(name): \(message.prefix(2000))")
        #expect(!message.contains("root:x:0"), "\(name) read a file")
        #expect(try to.snapshotIDs.isEmpty)
        #expect(try to.library.store.documentIDs().isEmpty)
        #expect(try to.library.catalogue.allBlobs().isEmpty)
        _ = try to.library.collectGarbage(isDryRun: false)
        let blobs = to.folder.path("store/blobs/sha256")
        #expect(try FileManager.default.contentsOfDirectory(atPath: blobs).isEmpty, "\(name)")
        #expect(try FileManager.default.contentsOfDirectory(atPath: to.folder.path) == ["store"], "\(name)")
    }
}
