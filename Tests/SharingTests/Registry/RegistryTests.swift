// SPDX-License-Identifier: Apache-2.0

import Catalogue
import ContentStore
import EnvironmentModel
import Foundation
import JSONTree
import OCI
import Snapshots
import Steps
import TestSupport
import Testing

@testable import Sharing

/// Snapshots that go through Debian's `docker-registry`.
@Suite(.enabled(if: DockerRegistry.isInstalled, "needs Debian's docker-registry"), .timeLimit(.minutes(5)))
struct RegistryTests {
    static let contents = [Array("one".utf8), noise(1_500_000, seed: 4), [UInt8](repeating: 7, count: 900_000), []]

    @Test func `a snapshot goes to a registry and comes back from it`() throws {
        let registry = try DockerRegistry()
        let (from, to) = (try SharedStore(), try SharedStore())
        let snapshot = try from.snapshot(Self.contents, name: "before")
        let reference = "oci://127.0.0.1:\(registry.port)/team/foo:before"
        let first = try from.push(snapshot, to: reference)
        #expect(first.sent == Self.contents.count + 1 && first.present == 0)
        let second = try from.push(snapshot, to: reference)
        #expect(second.sent == 0 && second.present == first.sent && second.bytes == 0)
        #expect(second.manifest == first.manifest)

        let received = try to.pull(reference)
        #expect(received.id == snapshot.id && received.name == "before" && !received.wasPresent)
        #expect(try to.contents(snapshot.id) == Self.contents)
        #expect(try to.library.check(depth: .data).problems.isEmpty)
        let origin = try to.library.find("before").origin
        #expect(origin?.kind == .pulled && origin?.source == reference)
        #expect(try to.pull("oci://127.0.0.1:\(registry.port)/team/foo@\(first.manifest)").wasPresent)
    }

    @Test func `what is there in part is not sent or fetched again`() throws {
        let registry = try DockerRegistry()
        let (from, to) = (try SharedStore(), try SharedStore())
        let reference = "oci://127.0.0.1:\(registry.port)/foo"
        try from.push(from.snapshot(Self.contents), to: reference + ":one")
        let next = try from.snapshot(Self.contents + [Array("new".utf8)], capturedAt: "2026-11-02T10:00:00Z")
        let report = try from.push(next, to: reference + ":two")
        #expect(report.sent == 2 && report.present == Self.contents.count && report.bytes < 10_000)
        try to.pull(reference + ":one")
        #expect(try to.pull(reference + ":two").account.stored < 10_000)
    }

    @Test func `a blob is taken over from the repository that the snapshot came from`() throws {
        let registry = try DockerRegistry()
        let (from, to) = (try SharedStore(), try SharedStore())
        let snapshot = try from.snapshot(Self.contents)
        try from.push(snapshot, to: "oci://127.0.0.1:\(registry.port)/one:x")
        try to.pull("oci://127.0.0.1:\(registry.port)/one:x")
        let report = try to.push(
            to.library.find(snapshot.id.hex), to: "oci://127.0.0.1:\(registry.port)/two:x")
        #expect(report.mounted == Self.contents.count + 1 && report.sent == 0)
    }

    @Test(.enabled(if: Tool.exists("skopeo")))
    func `skopeo copies it from one registry to another`() throws {
        let (one, two) = (try DockerRegistry(), try DockerRegistry())
        let (from, to) = (try SharedStore(), try SharedStore())
        let snapshot = try from.snapshot(Self.contents, name: "before")
        let pushed = try from.push(snapshot, to: "oci://127.0.0.1:\(one.port)/foo:x")
        try Tool.run(
            "skopeo", "copy", "--insecure-policy", "--preserve-digests", "--src-tls-verify=false",
            "--dest-tls-verify=false", "docker://127.0.0.1:\(one.port)/foo:x", "docker://127.0.0.1:\(two.port)/bar:y")
        #expect(try to.pull("oci://127.0.0.1:\(two.port)/bar@\(pushed.manifest)").id == snapshot.id)
        #expect(try to.contents(snapshot.id) == Self.contents)
    }

    @Test(.enabled(if: Tool.exists("skopeo")))
    func `a bundle that skopeo brought to a registry is pulled`() throws {
        let registry = try DockerRegistry()
        let (from, to) = (try SharedStore(), try SharedStore())
        let snapshot = try from.snapshot(Self.contents, name: "before")
        let file = try from.folder.write(try from.bundle(snapshot), to: "bundle.tar")
        try Tool.run(
            "skopeo", "copy", "--insecure-policy", "--preserve-digests", "--dest-tls-verify=false",
            "oci-archive:\(file)", "docker://127.0.0.1:\(registry.port)/foo:x")
        #expect(try to.pull("oci://127.0.0.1:\(registry.port)/foo:x").id == snapshot.id)
    }

    @Test func `logins are those of the docker config`() throws {
        let registry = try DockerRegistry(.password)
        let store = try SharedStore()
        let snapshot = try store.snapshot(Self.contents)
        let reference = "oci://127.0.0.1:\(registry.port)/foo:x"
        let config = try store.folder.makeFolder("docker")
        func options() -> RegistryOptions { .quick(["DOCKER_CONFIG": config, "PATH": config + ":/usr/bin:/bin"]) }
        func expectRefusal(_ text: String, _ location: SourceLocation = #_sourceLocation) {
            let error = #expect(throws: SharingError.self, sourceLocation: location) {
                try store.push(snapshot, to: reference, options())
            }
            #expect(error?.code == .unauthorized, sourceLocation: location)
            #expect(error?.description.contains(text) == true, "\(error?.description ?? "")", sourceLocation: location)
            #expect(error?.hint == "docker login 127.0.0.1:\(registry.port)", sourceLocation: location)
        }
        expectRefusal("has none")
        func auth(_ text: String) throws {
            let encoded = Data(text.utf8).base64EncodedString()
            try store.folder.write(
                #"{"auths":{"127.0.0.1:\#(registry.port)":{"auth":"\#(encoded)"}}}"#, to: "docker/config.json")
        }
        try auth("user:wrong")
        expectRefusal("another login")
        try auth("user:secret")
        try store.push(snapshot, to: reference, options())

        try store.folder.write(
            #"{"credHelpers":{"127.0.0.1:\#(registry.port)":"test"}}"#, to: "docker/config.json")
        let missing = #expect(throws: SharingError.self) { try store.pull(reference, options()) }
        #expect(missing?.code == .credentials)
        let helper = try store.folder.write(
            """
            #!/bin/sh
            test "$1" = get || exit 1
            read -r host || true
            test "$host" = "127.0.0.1:\(registry.port)" || { echo credentials not found in native keychain; exit 1; }
            echo '{"ServerURL":"x","Username":"user","Secret":"secret"}'
            """, to: "docker/docker-credential-test")
        try Tool.run("chmod", "755", helper)
        #expect(try store.pull(reference, options()).wasPresent)
        try store.folder.write(#"{"credsStore":"test"}"#, to: "docker/config.json")
        #expect(try store.pull(reference, options()).wasPresent)
    }

    @Test func `a certificate counts when its authority is trusted`() throws {
        let registry = try DockerRegistry(.tls)
        let store = try SharedStore()
        let snapshot = try store.snapshot(Self.contents)
        let reference = "oci://localhost:\(registry.port)/foo:x"
        let error = #expect(throws: SharingError.self) { try store.push(snapshot, to: reference) }
        #expect(error?.code == .untrusted)
        #expect(error?.hint?.contains("--ca-file") == true)
        var options = RegistryOptions.quick()
        options.authorities = registry.authority
        try store.push(snapshot, to: reference, options)
        #expect(try store.pull(reference, options).wasPresent)
    }

    @Test func `what is not there, or nothing at all, is told with the next step`() throws {
        let registry = try DockerRegistry()
        let store = try SharedStore()
        let unknown = #expect(throws: SharingError.self) { try store.pull("oci://127.0.0.1:\(registry.port)/foo:x") }
        #expect(unknown?.code == .notFound)
        let port = try LoopbackSocket.freePort()
        let nobody = #expect(throws: SharingError.self) { try store.pull("oci://127.0.0.1:\(port)/foo:x") }
        #expect(nobody?.code == .unreachable)
        for text in ["oci://foo", "oci://team/foo:x", "oci://h:1/UPPER", "http://h:1/foo", "oci://"] {
            let error = #expect(throws: SharingError.self) { try RegistryReference(parsing: text) }
            #expect(error?.code == .badReference)
        }
        #expect(throws: SharingError.self) {
            let snapshot = try store.snapshot([])
            try store.push(snapshot, to: "oci://127.0.0.1:\(port)/foo@\(snapshot.id)")
        }
    }

    @Test func `show reads the document alone`() throws {
        let registry = try DockerRegistry()
        let store = try SharedStore()
        let snapshot = try store.snapshot(Self.contents, name: "before")
        let server = try FaultyServer(before: registry.port) { _ in .pass }
        defer { server.stop() }
        try store.push(snapshot, to: "oci://127.0.0.1:\(registry.port)/foo:x")
        let puller = RegistryPuller(
            try RegistryReference(parsing: "oci://127.0.0.1:\(server.port)/foo:x"), options: .quick(),
            report: .silent)
        let (document, id) = try puller.look(cancellation: Cancellation())
        #expect(id == snapshot.id && document.name == "before")
        #expect(server.requests("GET", "/blobs/").count == 1)
    }
}
