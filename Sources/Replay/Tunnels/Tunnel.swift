// SPDX-License-Identifier: Apache-2.0
import Foundation
import Glibc
import JSONTree
public import SystemPackage

/// A socket of this machine at which an engine of a replay is reached, kept by a process in the background.
///
/// Beside the socket lies a record, on which that process holds a lock for as long as it lives: the kernel takes the lock
/// away with the process, however it ends.
public struct Tunnel: Sendable {
    static let recordSuffix = ".json"

    /// Socket and record, without their endings.
    let place: String
    /// The replay.
    public let replay: String
    /// The engine's path in it; `.` for the outermost.
    public let path: String
    /// The folder of the store that knows the replay.
    public let store: String

    init(place: String, replay: String, path: String, store: String) {
        self.place = place
        self.replay = replay
        self.path = path
        self.store = store
    }

    /// Reads the record of a tunnel; nil where there is none that can be read.
    init?(readingAt place: String) {
        guard let json = Self.record(at: place), let replay = json["replay"].string, let path = json["path"].string,
            let store = json["store"].string
        else { return nil }
        self.init(place: place, replay: replay, path: path, store: store)
    }

    /// The socket's path.
    public var socket: String { place + ".sock" }

    /// What `DOCKER_HOST` has to be.
    public var address: String { "unix://\(socket)" }

    private var recordPath: String { place + Self.recordSuffix }

    private static func record(at place: String) -> JSONValue? {
        FileManager.default.contents(atPath: place + recordSuffix).flatMap { try? JSONValue(parsing: $0) }
    }

    /// The process that keeps it; nil where none does.
    public var process: Int32? {
        guard isRunning else { return nil }
        return Self.record(at: place)?["process"].int.flatMap(Int32.init(exactly:)).flatMap { $0 > 1 ? $0 : nil }
    }

    /// Whether a process keeps it.
    public var isRunning: Bool {
        let file = open(recordPath, O_RDONLY | O_CLOEXEC | O_NOFOLLOW)
        guard file >= 0 else { return false }
        defer { close(file) }
        return flock(file, LOCK_SH | LOCK_NB) != 0
    }

    /// Whether connections are taken.
    public var isReady: Bool { isRunning && FileManager.default.fileExists(atPath: socket) }

    /// Makes this process the one that keeps it, until it is released; nil where another one does.
    public func claim() throws -> FileDescriptor? {
        while true {
            let file = try FileDescriptor.open(
                FilePath(recordPath), .readWrite, options: [.create, .closeOnExec, .noFollow],
                permissions: .ownerReadWrite)
            guard flock(file.rawValue, LOCK_EX | LOCK_NB) == 0 else {
                try file.close()
                return nil
            }
            // What was opened may have been removed before it was locked.
            guard isStillThere(file) else {
                try file.close()
                continue
            }
            let record: JSONValue = [
                "process": .int(Int64(getpid())), "replay": .string(replay), "path": .string(path),
                "store": .string(store),
            ]
            guard ftruncate(file.rawValue, 0) == 0 else { throw Errno(rawValue: errno) }
            try file.writeAll(record.canonicalBytes)
            unlink(socket)
            return file
        }
    }

    private func isStillThere(_ file: FileDescriptor) -> Bool {
        var (opened, named) = (stat(), stat())
        return fstat(file.rawValue, &opened) == 0 && lstat(recordPath, &named) == 0 && opened.st_ino == named.st_ino
    }

    /// Gives up what was claimed.
    public func release(_ file: FileDescriptor) {
        unlink(socket)
        unlink(recordPath)
        try? file.close()
    }

    /// Ends the process that keeps it, and waits for its end.
    public func end() async {
        if let process { kill(process, SIGTERM) }
        for _ in 0..<100 where isRunning { try? await Task.sleep(for: .milliseconds(50)) }
        if let process { kill(process, SIGKILL) }
        removeFiles()
    }

    /// Removes socket and record, unless a process keeps them.
    public func removeFiles() {
        guard let file = try? FileDescriptor.open(FilePath(recordPath), .readOnly, options: [.closeOnExec, .noFollow])
        else { return }
        if flock(file.rawValue, LOCK_EX | LOCK_NB) == 0, isStillThere(file) { return release(file) }
        try? file.close()
    }
}
