// SPDX-License-Identifier: Apache-2.0
import NIOCore
import NIOPosix
import Synchronization

#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#else
    import Darwin
#endif

/// A command of this machine that carries an engine's API over its standard input and output.
///
/// It runs in a session of its own, as docker's does, so that a key that interrupts envsnap does not take away the
/// connection that envsnap cleans up over.
final class ConnectionCommand: Sendable {
    /// The end of its standard input and output that is ours.
    let socket: CInt
    private let process: pid_t
    private let errors: CInt
    private let ending = Mutex(Ending())

    private struct Ending {
        var status: CInt?
        var isKilled = false
    }

    /// Starts a command.
    ///
    /// - Throws: `EngineError` where it cannot be started.
    init(_ words: [String]) throws {
        var ends: [CInt] = [-1, -1]
        var pipe: [CInt] = [-1, -1]
        let kind = CInt(SOCK_STREAM.rawValue) | CInt(SOCK_CLOEXEC.rawValue)
        guard socketpair(AF_UNIX, kind, 0, &ends) == 0 else { throw Self.failure(words, errno) }
        defer { close(ends[1]) }
        guard socketpair(AF_UNIX, kind, 0, &pipe) == 0 else {
            close(ends[0])
            throw Self.failure(words, errno)
        }
        defer { close(pipe[1]) }
        do { process = try Self.spawn(words, stream: ends[1], errors: pipe[1]) } catch {
            close(ends[0])
            close(pipe[0])
            throw error
        }
        socket = ends[0]
        errors = pipe[0]
    }

    deinit { close(errors) }

    /// Lets the command end, which has nothing more to carry; one that does not is ended.
    func end() {
        NIOSingletons.posixBlockingThreadPool.submit { [self] _ in
            for _ in 0..<100 {
                guard exitStatus(options: WNOHANG) == nil else { return }
                usleep(10_000)
            }
            ending.withLock { $0.isKilled = true }
            kill(process, SIGTERM)
            _ = exitStatus(options: 0)
        }
    }

    /// What it wrote to standard error since this was last asked for.
    var words: String {
        var bytes = [UInt8](repeating: 0, count: 8192)
        let count = recv(errors, &bytes, bytes.count, CInt(MSG_DONTWAIT))
        return String(decoding: bytes.prefix(max(0, count)), as: UTF8.self)
    }

    /// How it ended, where it does within a second and by itself.
    func exitStatus() async -> CInt? {
        for _ in 0..<50 {
            if let status = exitStatus(options: WNOHANG) { return ending.withLock { $0.isKilled ? nil : status } }
            guard (try? await Task.sleep(for: .milliseconds(20))) != nil else { return nil }
        }
        return nil
    }

    private func exitStatus(options: CInt) -> CInt? {
        ending.withLock { ending in
            if let status = ending.status { return status }
            var raw: CInt = 0
            guard waitpid(process, &raw, options) == process else { return nil }
            // See wait(2): the low seven bits are the signal, the next byte the status.
            ending.status = raw & 0x7F == 0 ? raw >> 8 & 0xFF : 128 + (raw & 0x7F)
            return ending.status
        }
    }

    private static func spawn(_ words: [String], stream: CInt, errors: CInt) throws -> pid_t {
        var actions = posix_spawn_file_actions_t()
        var attributes = posix_spawnattr_t()
        posix_spawn_file_actions_init(&actions)
        posix_spawnattr_init(&attributes)
        defer {
            posix_spawn_file_actions_destroy(&actions)
            posix_spawnattr_destroy(&attributes)
        }
        for (descriptor, number) in [(stream, CInt(0)), (stream, 1), (errors, 2)] {
            posix_spawn_file_actions_adddup2(&actions, descriptor, number)
        }
        // What envsnap ignores, as a closed pipe, ends others.
        var signals = sigset_t()
        sigemptyset(&signals)
        for signal in [SIGPIPE, SIGINT, SIGTERM] { sigaddset(&signals, signal) }
        posix_spawnattr_setsigdefault(&attributes, &signals)
        // POSIX_SPAWN_SETSID, which glibc shows to GNU programs only.
        posix_spawnattr_setflags(&attributes, Int16(0x80 | POSIX_SPAWN_SETSIGDEF))
        var arguments: [UnsafeMutablePointer<CChar>?] = words.map { strdup($0) } + [nil]
        defer { for argument in arguments { free(argument) } }
        var process = pid_t()
        let failure = posix_spawnp(&process, words[0], &actions, &attributes, &arguments, environ)
        guard failure == 0 else { throw Self.failure(words, failure) }
        return process
    }

    private static func failure(_ words: [String], _ number: CInt) -> EngineError {
        EngineError(
            .unreachable, "the command \(words[0]) cannot be started: \(String(cString: strerror(number)))",
            hint: number == ENOENT ? "Install it: apt-get install openssh-client" : nil)
    }
}
