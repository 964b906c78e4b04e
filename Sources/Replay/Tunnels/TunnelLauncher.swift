// SPDX-License-Identifier: Apache-2.0
import CLinux
import Glibc
import LiveEnvironment
import SystemPackage

/// Starts the process that keeps a tunnel: this program again, in a session of its own, so that it outlives the terminal.
public struct TunnelLauncher: Sendable {
    /// How it went.
    public enum Start: Sendable, Equatable {
        /// Connections are taken, by this process or another one that was faster.
        case ready
        /// It ended; what it said.
        case failed(String)
    }

    /// What it says when connections are taken.
    public static let readyLine = "ready"

    private let program: String

    /// A launcher of this program, unless another one is named.
    public init(program: String = "/proc/self/exe") { self.program = program }

    /// Starts it with these arguments and waits until connections are taken, or until it ends.
    public func start(_ arguments: [String]) async throws -> Start {
        var ends: [Int32] = [-1, -1]
        let kind = Int32(SOCK_STREAM.rawValue) | Int32(SOCK_CLOEXEC.rawValue)
        guard socketpair(AF_UNIX, kind, 0, &ends) == 0 else { throw Errno(rawValue: errno) }
        let (near, far) = (FileDescriptor(rawValue: ends[0]), FileDescriptor(rawValue: ends[1]))
        let process: pid_t
        do { process = try spawn(arguments, output: far.rawValue) } catch {
            try far.close()
            try near.close()
            throw error
        }
        try far.close()
        return try await withTaskCancellationHandler {
            try await BlockingWork.run {
                defer { try? near.close() }
                return try Self.wait(for: process, saying: near)
            }
        } onCancel: {
            kill(process, SIGTERM)
        }
    }

    private static func wait(for process: pid_t, saying near: FileDescriptor) throws -> Start {
        var said: [UInt8] = []
        var buffer = [UInt8](repeating: 0, count: 4096)
        while case let count = try buffer.withUnsafeMutableBytes({ try near.read(into: $0) }), count > 0 {
            said += buffer[..<count]
            if said.starts(with: (readyLine + "\n").utf8) { return .ready }
        }
        var status: Int32 = 0
        waitpid(process, &status, 0)
        return .failed(String(decoding: said, as: UTF8.self))
    }

    private func spawn(_ arguments: [String], output: Int32) throws -> pid_t {
        var actions = posix_spawn_file_actions_t()
        var attributes = posix_spawnattr_t()
        posix_spawn_file_actions_init(&actions)
        posix_spawnattr_init(&attributes)
        defer {
            posix_spawn_file_actions_destroy(&actions)
            posix_spawnattr_destroy(&attributes)
        }
        posix_spawn_file_actions_addopen(&actions, 0, "/dev/null", O_RDONLY, 0)
        for number: Int32 in [1, 2] { posix_spawn_file_actions_adddup2(&actions, output, number) }
        // Whoever started this program may wait until all that it gave away is closed.
        envsnap_close_from(&actions, 3)
        // What envsnap ignores would be ignored there too, before it has set its own mind on it.
        var signals = sigset_t()
        sigemptyset(&signals)
        for signal in [SIGPIPE, SIGINT, SIGTERM] { sigaddset(&signals, signal) }
        posix_spawnattr_setsigdefault(&attributes, &signals)
        // POSIX_SPAWN_SETSID, which glibc shows to GNU programs only.
        posix_spawnattr_setflags(&attributes, Int16(0x80 | POSIX_SPAWN_SETSIGDEF))
        var words: [UnsafeMutablePointer<CChar>?] = (["envsnap"] + arguments).map { strdup($0) } + [nil]
        defer { for word in words { free(word) } }
        var process = pid_t()
        let failure = posix_spawn(&process, program, &actions, &attributes, &words, environ)
        guard failure == 0 else { throw Errno(rawValue: failure) }
        return process
    }
}
