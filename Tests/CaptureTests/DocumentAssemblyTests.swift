// SPDX-License-Identifier: Apache-2.0

import EnvironmentModel
import Hashing
import JSONTree
import LiveEnvironment
import OCI
import Snapshots
import TestSupport
import Testing

@testable import Capture

@Suite struct DocumentAssemblyTests {
    private static func archive(_ text: String) throws -> DataArchive {
        DataArchive(
            digest: try SHA256Hasher.digest(of: Array(text.utf8)), size: 1, entries: 1, contentBytes: 1)
    }

    private static func environment(_ status: String) async throws -> ObservedEngine {
        let leaf = Sample.container("c", state: ["Status": .string(status)])
        return try await Sample.observed(Sample.record([Sample.container("h")]), inside: Sample.record([leaf]))
    }

    private static func assembly(_ data: CapturedData) async throws -> DocumentAssembly {
        var plan = CapturePlan()
        plan.items = [
            .init(
                role: .tree(path: "/srv/foo"), title: "/srv/foo", path: "/srv/foo", isFile: false,
                exclusions: [Exclusion(path: "z", keepsFolder: true), Exclusion(path: "a", keepsFolder: false)])
        ]
        return DocumentAssembly(plan: plan, data: data, first: try await environment("running"))
    }

    @Test func `nothing that stayed is a change`() async throws {
        let later = try await Self.environment("running")
        #expect(try await Self.assembly(CapturedData()).changes(until: later) == [])
    }

    @Test func `a container that ended between the looks is a change, and files that changed come after`()
        async throws
    {
        var data = CapturedData()
        data.changes = [Remark(object: "volume v: f", text: "changed while it was read", weight: .note)]
        let changes = try await Self.assembly(data).changes(until: try await Self.environment("exited"))
        #expect(changes.count == 2)
        #expect(changes.first?.object == "container name-h/name-c")
        #expect(changes.first?.text == #"State.Status changed from "running" to "exited""#)
        #expect(changes.allSatisfy { $0.weight == .note })
        #expect(changes.last == data.changes.last)
    }

    @Test func `every archive comes to what it was read from`() async throws {
        let inner = EnginePath(hosts: ["name-h"])
        var data = CapturedData()
        data.archives = [
            .tree(path: "/srv/foo"): try Self.archive("tree"),
            .layer(engine: .outermost, container: "h"): try Self.archive("host"),
            .layer(engine: inner, container: "c"): try Self.archive("leaf"),
            .memory(engine: inner, container: "c", path: "/scratch"): try Self.archive("memory"),
        ]
        let assembly = try await Self.assembly(data)
        #expect(assembly.trees.map(\.data) == [try Self.archive("tree")])
        #expect(assembly.trees.map(\.excluded) == [["a", "z"]])
        let fixture = try StoreFixture()
        let engine = try await assembly.engine(storingAnswersIn: fixture.transaction)
        #expect(engine.containers.map(\.layer) == [try Self.archive("host")])
        let leaf = engine.containers.first?.engine?.containers.first
        #expect(leaf?.layer == (try Self.archive("leaf")))
        #expect(leaf?.memory == ["/scratch": try Self.archive("memory")])
        let answers = try #require(engine.rawAnswers)
        #expect(try fixture.transaction.has(answers))
    }
}
