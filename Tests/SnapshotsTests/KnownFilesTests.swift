// SPDX-License-Identifier: Apache-2.0

import Archive
import Catalogue
import ContentStore
import EnvironmentModel
import Foundation
import OCI
import Snapshots
import SystemPackage
import TestSupport
import Testing

/// Whether the folder for temporary files is one on which the index works.
private let isOnDisk =
    ["ext", "xfs", "btrfs", "f2fs"].contains {
        (try? Tool.run("stat", "-f", "-c", "%T", "/tmp"))?.hasPrefix($0) == true
    }

@Suite(.enabled(if: isOnDisk)) struct KnownFilesTests {
    private let fixture: LibraryFixture
    private let tree: String

    init() throws {
        fixture = try LibraryFixture()
        tree = try fixture.folder.makeFolder("tree")
        try fixture.folder.write(LibraryFixture.noise(1_000_000), to: "tree/large")
        try fixture.folder.write(LibraryFixture.noise(400_000, seed: 2), to: "tree/other")
        try fixture.folder.write("small", to: "tree/small")
    }

    private struct Capture {
        let archive: DataArchive
        /// How many bytes were read.
        let read: Int64
    }

    /// Captures the tree, by default at a moment for which all that was written so far is settled.
    @discardableResult
    private func capture(
        boot: String = "boot", clock: Int64 = 0, after seconds: Int64 = 60, warming: Bool = false
    ) throws -> Capture {
        let now = try SurveyMoment.now().time
        let transaction = try fixture.library.begin()
        defer { transaction.end() }
        let root = try FileDescriptor.open(FilePath(tree), .readOnly)
        defer { try? root.close() }
        try TreeSurvey.synchronize([root])
        try transaction.useKnown(
            at: SurveyMoment(boot: boot, clock: clock, time: Timestamp(seconds: now.seconds + seconds)))
        if warming { try transaction.storeLargeFiles { try Self.pack(root, into: $0) } }
        let (archive, _, read) = try transaction.putArchive { try Self.pack(root, into: $0) }
        var document = LibraryFixture.document([archive])
        document.message = UUID().uuidString
        _ = try transaction.commit(document)
        #expect(try expected() == fixture.read(archive))
        return Capture(archive: archive, read: read)
    }

    private static func pack(_ root: FileDescriptor, into sink: any ArchiveSink) throws -> PackSummary {
        let writer = PaxWriter(into: sink)
        let summary = try TreePacker().pack(root, into: writer)
        try writer.finish()
        return summary
    }

    /// What the archive has to be: packed without any index.
    private func expected() throws -> [UInt8] {
        let root = try FileDescriptor.open(FilePath(tree), .readOnly)
        defer { try? root.close() }
        var bytes: [UInt8] = []
        _ = try Self.pack(root, into: PlainArchiveSink { bytes += $0 })
        return bytes
    }

    @Test func `known files are not read`() throws {
        let first = try capture()
        #expect(first.read == first.archive.size)
        let second = try capture()
        #expect(second.archive == first.archive)
        #expect(second.read < 20_000)
        #expect(try fixture.library.check(depth: .data).problems == [])
    }

    @Test func `a file that moved, or got another owner and mode, is not known, and its chunks are not new`() throws {
        let first = try capture()
        try Tool.run("sh", "-c", "cd \(tree); mkdir sub; mv large sub/moved; chmod 600 other; chown 7 other")
        let second = try capture()
        // Both change the change time: in doubt, they are read.
        #expect(second.read > 1_400_000)
        #expect(second.archive.digest != first.archive.digest)
        #expect(try fixture.packs().count == 2)
        let sizes = try fixture.packs().map { try FileManager.default.attributesOfItem(atPath: $0)[.size] as? Int ?? 0 }
        #expect(sizes.min() ?? .max < 20_000)
    }

    @Test(arguments: [
        "printf X | dd of=large bs=1 seek=500000 conv=notrunc 2>/dev/null; touch -r small large",
        "cp large tmp; printf Y | dd of=tmp bs=1 conv=notrunc 2>/dev/null; touch -r large tmp; mv tmp large",
        "truncate -s 900000 large; truncate -s 1000000 large; touch -d @5 large",
        "fallocate -p -o 4096 -l 8192 large; touch -d @5 large",
        "rm large; head -c 1000000 /dev/zero >large; touch -d @5 large",
    ])
    func `a file whose time was set back by hand is read`(_ change: String) throws {
        try Tool.run("sh", "-c", "cd \(tree); touch -d @5 large small")
        try capture()
        Thread.sleep(forTimeInterval: 0.05)
        try Tool.run("sh", "-ec", "cd \(tree); \(change)")
        let second = try capture()
        // `capture` has compared all bytes; the other file stayed known.
        #expect(second.read < second.archive.size - 300_000)
        #expect(try capture().read < 20_000)
    }

    @Test func `what changed just before is not recorded`() throws {
        try capture(after: 0)
        let second = try capture(after: 0)
        #expect(second.read == second.archive.size)
    }

    @Test func `another boot and a clock that was set back make everything unknown`() throws {
        try capture(clock: 100_000)
        #expect(try capture(clock: 99_500).read < 20_000)
        let back = try capture(clock: 95_000)
        #expect(back.read == back.archive.size)
        #expect(try capture(clock: 95_000).read < 20_000)
        let other = try capture(boot: "another", clock: 200_000)
        #expect(other.read == other.archive.size)
    }

    @Test func `chunks that are gone make a file unknown`() throws {
        let first = try capture()
        for snapshot in try fixture.library.snapshots() { try fixture.library.remove(snapshot) }
        _ = try fixture.library.collectGarbage(isDryRun: false)
        let second = try capture()
        #expect(second.read == second.archive.size)
        #expect(second.archive == first.archive)
        for pack in try fixture.packs() { try FileManager.default.removeItem(atPath: pack) }
        // A chunk whose pack is lost is not believed to be there.
        let root = try FileDescriptor.open(FilePath(tree), .readOnly)
        defer { try? root.close() }
        let transaction = try fixture.library.begin()
        defer { transaction.end() }
        let now = try SurveyMoment.now().time
        try transaction.useKnown(
            at: SurveyMoment(boot: "boot", clock: 0, time: Timestamp(seconds: now.seconds + 60)))
        let (archive, _, read) = try transaction.putArchive { try Self.pack(root, into: $0) }
        #expect(read == archive.size)
    }

    @Test func `large files that were stored before are not read again`() throws {
        let result = try capture(warming: true)
        #expect(result.read < 20_000)
        let fresh = try LibraryFixture()
        let transaction = try fresh.library.begin()
        defer { transaction.end() }
        let bytes = try expected()
        #expect(Int64(bytes.count) == result.archive.size)
        let root = try FileDescriptor.open(FilePath(tree), .readOnly)
        defer { try? root.close() }
        // The name is that of an archive that was read whole.
        #expect(try transaction.putArchive { try Self.pack(root, into: $0) }.archive == result.archive)
    }

    /// Trap of mapped pages: see `TreeSurvey`.
    @Test func `a write through a mapping is seen`() throws {
        let script = """
            import mmap, os, sys
            f = open("large", "r+b"); m = mmap.mmap(f.fileno(), 1000000)
            m[0] = 1; os.write(1, b"first\\n"); sys.stdin.readline(); m[700000] = m[700000] ^ 1; m[1] = m[1] ^ 1
            os.write(1, b"second\\n"); sys.stdin.readline()
            """
        let process = Process()
        process.executableURL = URL(filePath: "/usr/bin/env")
        process.arguments = ["python3", "-c", script]
        process.currentDirectoryURL = URL(filePath: tree)
        let (input, output) = (Pipe(), Pipe())
        process.standardInput = input
        process.standardOutput = output
        try process.run()
        defer { process.terminate() }
        #expect(String(decoding: output.fileHandleForReading.availableData, as: UTF8.self) == "first\n")
        try capture()
        Thread.sleep(forTimeInterval: 0.05)
        input.fileHandleForWriting.write(Data("\n".utf8))
        #expect(String(decoding: output.fileHandleForReading.availableData, as: UTF8.self) == "second\n")
        #expect(try capture().read > 1_000_000)
    }

    @Test(.enabled(if: FileManager.default.fileExists(atPath: "/dev/shm")))
    func `files in memory are never known`() throws {
        let folder = "/dev/shm/envsnap-test-\(UUID().uuidString)"
        defer { try? FileManager.default.removeItem(atPath: folder) }
        try Tool.run("cp", "-r", tree, folder)
        let root = try FileDescriptor.open(FilePath(folder), .readOnly)
        defer { try? root.close() }
        let transaction = try fixture.library.begin()
        defer { transaction.end() }
        let now = try SurveyMoment.now().time
        try transaction.useKnown(
            at: SurveyMoment(boot: "boot", clock: 0, time: Timestamp(seconds: now.seconds + 60)))
        for _ in 0..<2 {
            let (archive, _, read) = try transaction.putArchive { try Self.pack(root, into: $0) }
            #expect(read == archive.size)
        }
        #expect(try !TreeSurvey(root, options: .init(mounts: .cross)).isOnDisk)
    }
}
