// SPDX-License-Identifier: Apache-2.0

import Archive
import Foundation
import Glibc
import Synchronization
import TestSupport
import Testing

@testable import LiveEnvironment

@Suite(.serialized, .timeLimit(.minutes(5)), .enabled(if: geteuid() == 0, "only root can give rights up"))
struct ConfinedExtractionTests {
    private static let program = ExtractionProgram(path: TestedProgram.path)
    private let folder: TemporaryFolder

    init() throws {
        signal(SIGPIPE, SIG_IGN)
        folder = try TemporaryFolder()
        try Tool.run(
            "sh", "-c",
            """
            cd "$1" && mkdir -p a/b && echo content > a/b/file && ln a/b/file hard && ln -s /etc/passwd link && mkfifo fifo
            mknod null c 1 3 && mknod white c 0 0 && chown 7:8 a && chmod 2751 a && chmod 4755 a/b/file
            truncate -s 10M sparse && printf x >> sparse && printf y > "$(printf 'caf\\303\\251 \\377')"
            setfattr -n trusted.overlay.opaque -v y a/b && setfattr -h -n trusted.note -v z link
            setfattr -n trusted.note -v z fifo && setfacl -m u:12:rw a/b/file && setcap cap_net_raw+ep hard
            touch -h -d '2001-02-03 04:05:06.123456789' link
            """, "sh", folder.makeFolder("tree"))
    }

    @Test func `what a process of its own unpacks is what this one would`() async throws {
        let (archive, summary) = try await pack("tree")
        for (path, access) in [("here", LocalDataAccess()), ("there", Self.confined)] {
            try await access.unpack(.folder(folder.path(path)), limits: Self.limits(of: summary)) {
                Self.source(archive)
            }
            #expect(try await pack(path).archive == archive, "\(path)")
        }
        try await Self.confined.unpack(.upperLayer(folder.path("there"))) { Self.source(archive) }
        try folder.write("more", to: "here/a/more")
        let touched = try await Self.confined.revert(
            folder.path("here"), excluding: [], since: "", limits: .unlimited
        ) { Self.source(archive) }
        #expect(touched)
        #expect(try await pack("here").archive == archive)
    }

    @Test func `a layer of an image is unpacked, with what its tar had around the files`() async throws {
        try folder.write("gone", to: "tree/a/.wh.old")
        try Tool.run("tar", "-C", folder.path("tree"), "-cf", folder.path("layer.tar"), ".")
        let tar = try folder.read("layer.tar")
        var recipes: [[UInt8]] = []
        for (name, access) in [("here", LocalDataAccess()), ("there", Self.confined)] {
            let recipe = folder.path("recipe-\(name)")
            let size = try await access.unpackLayer(into: folder.makeFolder(name), recipe: recipe) {
                Self.source(tar)
            }
            #expect(size > 10 << 20)
            recipes.append(try folder.read("recipe-\(name)"))
        }
        #expect(recipes[0] == recipes[1])
        // Only the mark of what was deleted has the time at which it was made.
        let listings = try ["here", "there"].map {
            try Tool.run("find", folder.path($0), "!", "-name", "old", "-printf", "%P %y %m %u %g %s %T@ %l\n")
        }
        #expect(listings[0] == listings[1])
        #expect(try Tool.run("stat", "-c", "%F %t:%T", folder.path("there/a/old")) == "character special file 0:0\n")
    }

    @Test func `a file that is restored bears the name that was asked for`() async throws {
        let (archive, _) = try await pack("tree/a/b/file")
        try await Self.confined.unpack(.file(folder.path("new/name"))) { Self.source(archive) }
        let facts = try ["tree/a/b/file", "new/name"].map { try Tool.run("stat", "-c", "%a %s %y", folder.path($0)) }
        #expect(facts[0] == facts[1] && facts[0].hasPrefix("47"))
    }

    @Test func `files that were touched are put back by a list of names`() async throws {
        let (archive, _) = try await pack("tree")
        let stamps = folder.path("stamps")
        try await LocalDataAccess().unpack(.folder(folder.path("used"))) { Self.source(archive) }
        try await LocalDataAccess().stamp(folder.path("used"), excluding: [], into: stamps)
        try folder.write("other", to: "used/a/b/file")
        try Tool.run("rm", folder.path("used/link"))
        let touched = try await Self.confined.revert(
            folder.path("used"), excluding: [], since: stamps, limits: .unlimited
        ) { Self.source(archive) }
        #expect(touched)
        #expect(try await pack("used").archive == archive)
    }

    @Test(arguments: [false, true])
    func `an archive with more than was announced is refused`(isConfined: Bool) async throws {
        let access = isConfined ? Self.confined : LocalDataAccess()
        let (archive, summary) = try await pack("tree")
        let exact = Self.limits(of: summary)
        try await access.unpack(.folder(folder.path("exact")), limits: exact) { Self.source(archive) }
        var fewer = exact
        fewer.entries -= 1
        var smaller = exact
        smaller.dataBytes -= 1
        for limits in [fewer, smaller] {
            let error = await #expect(throws: ArchiveError.self) {
                try await access.unpack(.folder(folder.path("over")), limits: limits) { Self.source(archive) }
            }
            #expect(error?.code == .limitExceeded)
        }
    }

    @Test func `the process has the folder as its root, one thread, and hardly a right`() async throws {
        let (archive, _) = try await pack("tree")
        let seen = Mutex<(root: UInt64, status: String, files: [String])?>(nil)
        let target = folder.path("target")
        try await Self.confined.unpack(.folder(target)) {
            var isFirst = true
            let source = Self.source(archive)
            return { buffer in
                // It has got its order, and waits for the archive.
                if isFirst { seen.withLock { $0 = Self.look() } }
                isFirst = false
                return try source(buffer)
            }
        }
        let (root, status, files) = try #require(seen.withLock { $0 })
        #expect(try root == Self.inode(target))
        for line in ["Threads:\t1", "NoNewPrivs:\t1", "Seccomp:\t2", "CapInh:\t0000000000000000"] {
            #expect(status.contains(line), "\(status)")
        }
        // Owners, access, attributes of overlayfs, devices, file capabilities: 0, 1, 3, 4, 21, 27, 31.
        for set in ["CapPrm", "CapEff", "CapBnd"] { #expect(status.contains("\(set):\t000000008820001b"), "\(status)") }
        #expect(files == ["0", "1", "2", "3"])
    }

    @Test func `its end before that of the archive is a failure, and a source that fails ends it`() async throws {
        struct Own: Error {}
        let (archive, _) = try await pack("tree")
        let error = await #expect(throws: LiveEnvironmentError.self) {
            try await Self.confined.unpack(.folder(folder.path("killed"))) {
                let source = Self.source(archive)
                return { buffer in
                    if Self.look() != nil, let child = Self.child() { kill(child, SIGKILL) }
                    return try source(buffer)
                }
            }
        }
        #expect(error?.code == .extractionFailed)
        #expect(error?.message.contains("signal 9") == true)
        await #expect(throws: Own.self) {
            try await Self.confined.unpack(.folder(folder.path("cut"))) { { _ in throw Own() } }
        }
        #expect(Self.child() == nil)
    }

    @Test func `a program that is not there is said`() async throws {
        let access = LocalDataAccess().confined(by: ExtractionProgram(path: folder.path("nothing")))
        let error = await #expect(throws: LiveEnvironmentError.self) {
            try await access.unpack(.folder(folder.path("new"))) { { _ in 0 } }
        }
        #expect(error?.message.contains("status 127") == true)
    }

    /// A program in C tries it, because the one that unpacks does nothing else.
    @Test(.enabled(if: Tool.exists("cc") || Tool.exists("clang"), "there is no C compiler"), arguments: [false, true])
    func `what is given up is out of reach`(mayMakeDevices: Bool) throws {
        let here = URL(filePath: #filePath).deletingLastPathComponent()
        let sources = here.appending(path: "../../Sources/CLinux").standardizedFileURL.path
        try Tool.run(
            Tool.exists("cc") ? "cc" : "clang", "-o", folder.path("attempts"), "-I", sources + "/include",
            here.appending(path: "Fixtures/confined.c").path, sources + "/confine.c")
        let root = try folder.makeFolder("root")
        try Tool.run("cp", "/bin/true", root + "/program")
        try Tool.run("mknod", root + "/null", "c", "1", "3")
        let lines = try Tool.run([folder.path("attempts"), root] + (mayMakeDevices ? ["devices"] : []))
        let results = Dictionary(
            uniqueKeysWithValues: lines.split(separator: "\n").map { line in
                let parts = line.split(separator: " ")
                return (String(parts[0]), Int32(parts[1]))
            })
        for attempt in ["read-outside", "read-above", "read-proc"] { #expect(results[attempt] == ENOENT) }
        for attempt in [
            "execute", "fork", "socket", "mount", "chroot", "unshare", "kill-parent", "code", "gain",
        ] { #expect(results[attempt] == EPERM, "\(attempt)") }
        #expect(results["make-disk"] == (mayMakeDevices ? 0 : EPERM))
        #expect(results["open-disk"] == (mayMakeDevices ? EACCES : ENOENT))
        #expect(results["open-null"] == EACCES)
        for attempt in ["whiteout", "fifo", "file", "write", "owner", "attribute"] {
            #expect(results[attempt] == 0, "\(attempt)")
        }
        #expect(results["large"] == EFBIG)
    }

    private static var confined: LocalDataAccess { LocalDataAccess().confined(by: program) }

    private static func limits(of summary: PackSummary) -> TreeExtractor.Options.Limits {
        .init(entries: summary.entries, dataBytes: summary.dataBytes)
    }

    private func pack(_ name: String) async throws -> (archive: [UInt8], summary: PackSummary) {
        try await LocalDataAccess().pack(folder.path(name), excluding: []) { produce in
            var bytes: [UInt8] = []
            let summary = try produce(PlainArchiveSink { bytes += $0 })
            return (bytes, summary)
        }
    }

    private static func source(_ archive: [UInt8]) -> ByteSource {
        var rest = archive[...]
        return { buffer in
            let portion = rest.prefix(buffer.count)
            buffer.copyBytes(from: portion)
            rest = rest.dropFirst(portion.count)
            return portion.count
        }
    }

    /// The process that unpacks; nil where there is none.
    private static func child() -> pid_t? {
        let names = (try? FileManager.default.contentsOfDirectory(atPath: "/proc")) ?? []
        return names.compactMap { pid_t($0) }.first { process in
            let status = (try? String(contentsOfFile: "/proc/\(process)/status", encoding: .utf8)) ?? ""
            let words = (try? String(contentsOfFile: "/proc/\(process)/cmdline", encoding: .utf8)) ?? ""
            return status.contains("PPid:\t\(getpid())\n") && words.contains("\0\(ExtractionProgram.argument)\0")
        }
    }

    private static func inode(_ path: String) throws -> UInt64 {
        var found = Glibc.stat()
        guard stat(path, &found) == 0 else { throw CocoaError(.fileReadUnknown) }
        return UInt64(found.st_ino)
    }

    /// What the process is once it has given up its rights.
    private static func look() -> (root: UInt64, status: String, files: [String])? {
        for _ in 0..<500 {
            if let child = child(),
                let status = try? String(contentsOfFile: "/proc/\(child)/status", encoding: .utf8),
                status.contains("Seccomp:\t2"),
                let root = try? inode("/proc/\(child)/root/."),
                let files = try? FileManager.default.contentsOfDirectory(atPath: "/proc/\(child)/fd")
            {
                return (root, status, files.sorted())
            }
            usleep(10_000)
        }
        return nil
    }
}
