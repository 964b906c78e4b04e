// SPDX-License-Identifier: Apache-2.0

import Archive
import EnvironmentModel
import Foundation
import JSONTree
import LiveEnvironment
import OCI
import Snapshots
import Steps
import Synchronization
import SystemPackage
import TestSupport
import Testing

@testable import Capture

/// Whether the folder for temporary files is one on which the index works.
private let isOnDisk =
    ["ext", "xfs", "btrfs", "f2fs"].contains {
        (try? Tool.run("stat", "-f", "-c", "%T", "/tmp"))?.hasPrefix($0) == true
    }

@Suite(.enabled(if: isOnDisk), .timeLimit(.minutes(1))) struct DataReaderTests {
    private final class Log: Sendable {
        private let lines = Mutex<[String]>([])
        func add(_ line: String) { lines.withLock { $0.append(line) } }
        /// What was said since the last call.
        func take() -> [String] {
            lines.withLock { lines in
                defer { lines = [] }
                return lines
            }
        }
    }

    private let folder: TemporaryFolder
    private let library: SnapshotLibrary
    private let plan: CapturePlan
    private let log = Log()

    init() throws {
        folder = try TemporaryFolder()
        library = try SnapshotLibrary(at: .init(folder.path("store")))
        try Tool.run(
            "sh", "-ec",
            """
            cd \(folder.path); mkdir -p still/sub busy; printf one >still/one; head -c 300000 /dev/zero >still/sub/large
            head -c 500000 /dev/urandom >busy/large; printf x >busy/small
            """)
        var plan = CapturePlan()
        for name in ["still", "busy"] {
            plan.items.append(
                .init(
                    role: .tree(path: "/" + name), title: name, path: folder.path(name), isFile: false, exclusions: []))
        }
        self.plan = plan
    }

    private struct Result {
        let archives: [CapturePlan.Item.Role: DataArchive]
        let read: Int64
        let ahead: Set<CapturePlan.Item.Role>
    }

    /// One capture, with something done between the two readings.
    private func capture(
        isPausing: Bool = true, meanwhile: () throws -> Void = {}
    ) async throws -> Result {
        let transaction = try library.begin()
        defer { transaction.end() }
        let log = log
        let reader = DataReader(
            access: LocalDataAccess(), transaction: transaction, report: StepReport { log.add($0) },
            detail: { log.add($0) })
        let ahead = try await reader.readAhead(plan, isPausing: isPausing)
        let early = transaction.account.read
        try meanwhile()
        let data = try await reader.read(plan, ahead: ahead)
        var document = EnvironmentDocument(
            project: ProjectRecord(name: "foo", workingDirectory: "/", configFiles: [], composeVersion: nil),
            engine: EngineRecord(version: [:], info: [:], apiVersion: "1.41"),
            capturedAt: "2026-11-01T10:00:00Z", toolVersion: UUID().uuidString)
        document.trees = plan.items.compactMap { item in
            data.archives[item.role].map { TreeRecord(path: item.path, isFile: false, excluded: [], data: $0) }
        }
        _ = try transaction.commit(document)
        return Result(
            archives: data.archives, read: transaction.account.read - (isPausing ? early : 0), ahead: Set(ahead.keys))
    }

    @Test func `what is known is not read, and said to be`() async throws {
        try await Task.sleep(for: .seconds(3.1))
        let first = try await capture()
        #expect(first.ahead.count == 2)
        #expect(first.read == 0)
        #expect(log.take() == ["reading still", "reading busy"])
        let second = try await capture(isPausing: false)
        #expect(second.read == 0)
        #expect(second.archives == first.archives)
        #expect(
            log.take() == ["still", "busy"].map { "\($0) is as it was when it was last captured, and not read" })
        // A small change: the large file beside it is known.
        try folder.write("new", to: "busy/small")
        let third = try await capture()
        #expect(third.read < 20_000)
        #expect(third.archives[.tree(path: "/still")] == first.archives[.tree(path: "/still")])
        #expect(third.archives[.tree(path: "/busy")]?.digest != first.archives[.tree(path: "/busy")]?.digest)
        #expect(log.take().contains("busy: 500000 bytes of known files were not read"))
    }

    @Test func `what changes while everything runs is read in the pause, and no more`() async throws {
        try await Task.sleep(for: .seconds(3.1))
        // So that the tree as a whole is not settled.
        try folder.write("a", to: "busy/small")
        let result = try await capture { try folder.write("b", to: "busy/small") }
        #expect(result.ahead == [.tree(path: "/still")])
        #expect(result.read < 20_000)
        let archive = try #require(result.archives[.tree(path: "/busy")])
        let source = try library.openArchive(archive)
        var bytes: [UInt8] = []
        while let chunk = try source.readChunk() { bytes += chunk }
        let expected = try await LocalDataAccess().pack(folder.path("busy"), excluding: []) { produce in
            var bytes: [UInt8] = []
            _ = try produce(PlainArchiveSink { bytes += $0 })
            return bytes
        }
        #expect(bytes == expected)
    }

    @Test func `a tree that changes between the two readings is read again`() async throws {
        try await Task.sleep(for: .seconds(3.1))
        let result = try await capture {
            try Tool.run(
                "sh", "-c", "cd \(folder.path("busy")); printf Z | dd of=large bs=1 conv=notrunc; touch -d @5 large")
        }
        #expect(result.read > 500_000)
        // And the next capture does not take the first reading for it.
        try await Task.sleep(for: .seconds(3.1))
        let next = try await capture()
        #expect(next.archives[.tree(path: "/still")] == result.archives[.tree(path: "/still")])
        let source = try library.openArchive(try #require(next.archives[.tree(path: "/busy")]))
        try source.drain()
        #expect(next.archives[.tree(path: "/busy")] == result.archives[.tree(path: "/busy")])
    }
}
