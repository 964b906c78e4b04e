// SPDX-License-Identifier: Apache-2.0

import Archive
import EnvironmentModel
import Foundation
import JSONTree
import LiveEnvironment
import OCI
import Sharing
import Snapshots
import TestSupport
import Testing

/// Sound bundles of data archives that lie: their bytes are those that were announced, so an import takes them; what a
/// replay would unpack stays below its folder.
@Suite(.serialized, .timeLimit(.minutes(10)), .enabled(if: geteuid() == 0, "unpacking is done by root"))
struct ArchiveCorpusTests {
    private static let memory = 256 << 20

    /// The ways in which a replay unpacks: a folder or volume, a memory file system beside a running program, and the
    /// layers of images, into a capsule's root and below an engine's data-root.
    enum Way: CaseIterable, Sendable {
        case folder, besideRunning, upperLayer, layer, file
    }

    /// What became of the corpus.
    private struct Account: Sendable {
        var restored: [String: [Way: Int]] = [:]
        var groups: [String: Int] = [:]

        mutating func add(_ other: Account) {
            for (name, ways) in other.restored { restored[name, default: [:]].merge(ways, uniquingKeysWith: +) }
            groups.merge(other.groups, uniquingKeysWith: +)
        }
    }

    /// Who unpacks: this process, as what was captured here, and processes of their own, as what others made.
    private static let accesses = [
        ("by this process", LocalDataAccess()),
        ("by one of its own", LocalDataAccess().confined(by: ExtractionProgram(path: TestedProgram.path))),
    ]

    @Test func `nothing leaves the folder that it is unpacked into`() async throws {
        signal(SIGPIPE, SIG_IGN)
        let cases = ArchiveCases.all
        try Ground.resetPeak()
        let start = try Ground.peakMemory()
        // Half of them waits for the disk or for a process while the other half is at work.
        let account = try await withThrowingTaskGroup(of: Account.self) { group in
            for half in 0..<2 {
                let mine = cases.indices.filter { $0 % 2 == half }.map { cases[$0] }
                group.addTask { try await tryAll(mine) }
            }
            return try await group.reduce(into: Account()) { $0.add($1) }
        }
        let grown = try Ground.peakMemory() - start
        #expect(grown < Self.memory, "\(grown >> 20) MiB more memory")
        #expect(account.groups.values.reduce(0, +) == cases.count)
        let groups = account.groups.sorted { $0.key < $1.key }.map { "\($0.key) \($0.value)" }
        print("hostile archives: \(groups.joined(separator: ", "))")
        for (name, restored) in account.restored.sorted(by: { $0.key < $1.key }) {
            print("of \(cases.count) restored \(name): \(Way.allCases.map { "\($0) \(restored[$0] ?? 0)" })")
        }
    }

    private func tryAll(_ cases: [HostileCase]) async throws -> Account {
        var account = Account()
        let ground = try Ground()
        let canary = ground.folder.path("canary")
        let outside = try Ground.facts(of: canary)
        for hostile in cases {
            let data = try Self.imported(hostile, ground)
            for (name, access) in Self.accesses {
                for way in Way.allCases {
                    let isRestored = try await isRestored(hostile, data, way, access, ground)
                    account.restored[name, default: [:]][way, default: 0] += isRestored ? 1 : 0
                }
                #expect(try Ground.facts(of: canary) == outside, "\(hostile) reached the canary \(name)")
            }
            account.groups[hostile.group, default: 0] += 1
            #expect(try ground.folder.read("canary/victim") == Array("secret".utf8), "\(hostile)")
            for path in [ground.folder.path("victim"), "/tmp/victim", "/etc/victim", "/victim"] {
                #expect(!FileManager.default.fileExists(atPath: path), "\(hostile) made \(path)")
            }
        }
        return account
    }

    /// Unpacks an archive in one way; whether it was restored, and not refused.
    private func isRestored(
        _ hostile: HostileCase, _ data: DataArchive, _ way: Way, _ access: LocalDataAccess, _ ground: Ground
    ) async throws -> Bool {
        let target = try place(for: way, ground)
        var failure: (any Error)?
        do { try await Self.unpack(data, way, by: access, into: target, ground) } catch { failure = error }
        try await LocalDataAccess().remove(ground.folder.path("place"))
        if let failure {
            let text = "\(failure)"
            #expect(way != .folder || hostile.expectation != .taken, "\(hostile) was refused: \(text)")
            #expect(text.utf8.count > 10 && text.utf8.count < 10_000, "\(hostile): \(text.prefix(2000))")
            #expect(!text.contains("\u{1B}"), "\(hostile): \(text)")
        } else {
            #expect(way != .folder || hostile.expectation != .refused, "\(hostile) was restored")
        }
        return failure == nil
    }

    /// A folder two levels below the canary's, in which something is where a program runs already.
    private func place(for way: Way, _ ground: Ground) throws -> String {
        let target = try ground.folder.makeFolder("place/target")
        if way == .besideRunning || way == .upperLayer {
            // What an archive before this one, or a program, may have planted.
            for (name, goal) in [("a", ""), ("link", "/folder"), ("x", "/victim")] {
                try FileManager.default.createSymbolicLink(
                    atPath: "\(target)/\(name)", withDestinationPath: "../../canary" + goal)
            }
        }
        return target
    }

    private static func imported(_ hostile: HostileCase, _ ground: Ground) throws -> DataArchive {
        let document = RawBundle.document(archive: hostile.bytes)
        let bundle = RawBundle(
            document: document.canonicalBytes,
            blobs: [RawBundle.Blob(Compressed.zstd(hostile.bytes), raw: hostile.bytes, kind: "data")])
        let received = try ground.take(bundle.tar)
        return try #require(try ground.library.document(received.id).trees.first?.data)
    }

    private static func unpack(
        _ data: DataArchive, _ way: Way, by access: LocalDataAccess, into target: String, _ ground: Ground
    ) async throws {
        let library = ground.library
        let open: @Sendable () throws -> ByteSource = {
            let source = try library.openArchive(data)
            return { try source.read(into: $0) }
        }
        switch way {
        case .folder: try await access.unpack(.folder(target), open: open)
        case .besideRunning: try await access.unpack(.runningFolderInside(root: target, path: "."), open: open)
        case .upperLayer: try await access.unpack(.upperLayer(target), open: open)
        case .layer:
            _ = try await access.unpackLayer(into: target, recipe: ground.folder.path("place/recipe"), open: open)
        case .file: try await access.unpack(.file(target + "/file"), open: open)
        }
    }
}
