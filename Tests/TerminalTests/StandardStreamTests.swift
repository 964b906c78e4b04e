// SPDX-License-Identifier: Apache-2.0

import Foundation
import Glibc
import Terminal
import TestSupport
import Testing

/// Of the process's own standard output, which leads elsewhere meanwhile.
@Suite(.timeLimit(.minutes(1))) struct StandardStreamTests {
    private static func pipe() -> (reading: Int32, writing: Int32) {
        var ends: [Int32] = [-1, -1]
        _ = Glibc.pipe(&ends)
        for end in ends { _ = fcntl(end, F_SETFD, FD_CLOEXEC) }
        return (ends[0], ends[1])
    }

    private static let bytes = (0..<1_000_000).map { UInt8(truncatingIfNeeded: $0 &* 31) }

    @Test func `a reader that is gone does not stop what is being done`() {
        let (reading, writing) = Self.pipe()
        close(reading)
        var returned = false
        StandardOutput.leading(to: writing) {
            StandardStream.output.write(Self.bytes)
            returned = true
        }
        #expect(returned)
    }

    @Test func `a full disk does not stop what is being done`() {
        let full = open("/dev/full", O_WRONLY)
        var failure: Int32 = 0
        StandardOutput.leading(to: full) {
            StandardStream.output.write(Self.bytes)
            failure = errno
        }
        #expect(failure == ENOSPC)
    }

    @Test func `a stream that is closed does not stop what is being done`() {
        let (reading, writing) = Self.pipe()
        var failure: Int32 = 0
        StandardOutput.leading(to: writing) {
            close(STDOUT_FILENO)
            StandardStream.output.write(Self.bytes)
            failure = errno
        }
        close(reading)
        #expect(failure == EBADF)
    }

    @Test(arguments: [false, true]) func `a slow reader gets every byte`(_ isNonBlocking: Bool) {
        let (reading, writing) = Self.pipe()
        if isNonBlocking { _ = fcntl(writing, F_SETFL, O_NONBLOCK) }
        let reader = SlowReader(reading)
        #expect(StandardOutput.leading(to: writing) { StandardStream.output.write(Self.bytes) })
        #expect(reader.read() == Self.bytes)
    }

    @Test func `lines are written whole, however many`() {
        let (reading, writing) = Self.pipe()
        let lines = (0..<20_000).map { "line \($0)" }
        let reader = SlowReader(reading)
        StandardOutput.leading(to: writing) {
            StandardStream.output.write(lines: [])
            StandardStream.output.write(lines: lines)
        }
        #expect(reader.read() == lines.flatMap { Array("\($0)\n".utf8) })
    }
}

/// Reads a pipe to its end, on a thread of its own: those that tests share may all be waiting for standard output.
private final class SlowReader: Sendable {
    private let bytes = Shared<[UInt8]>([])
    private let end = DispatchSemaphore(value: 0)

    init(_ descriptor: Int32) {
        Thread { [bytes, end] in
            var buffer = [UInt8](repeating: 0, count: 50_000)
            while case let count = Glibc.read(descriptor, &buffer, buffer.count), count > 0 {
                bytes.change { $0 += buffer[..<count] }
                usleep(200)
            }
            close(descriptor)
            end.signal()
        }.start()
    }

    /// Waits for the end, and gives all that was read.
    func read() -> [UInt8] {
        end.wait()
        return bytes.value
    }
}
