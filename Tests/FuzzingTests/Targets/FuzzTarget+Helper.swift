// SPDX-License-Identifier: Apache-2.0

import Dispatch
import Glibc
import Synchronization
import SystemPackage

@testable import LiveEnvironment

extension FuzzTarget {
    /// Either end of the link to a helper: frames, requests, answers and what they bring along.
    ///
    /// Nothing is done of what is asked for.
    static let helper = FuzzTarget(name: "helper") { bytes in
        var input = Input(bytes)
        let way = input.choice(below: 8)
        let rest = input.rest.prefix(60_000)
        if way < 4 {
            _ = try attempt { try HelperEnd.read(Array(rest), compresses: way % 2 == 0) }
        } else {
            let pieces = input.pieces(of: way == 4 ? 3 : 4000)
            _ = try attempt { try HelperEnd.readAnswers(pieces, way) }
        }
    }
}

private enum HelperEnd {
    /// The helper's end.
    static func read(_ bytes: [UInt8], compresses: Bool) throws {
        var ends: [CInt] = [0, 0]
        guard pipe(&ends) == 0 else { throw Errno(rawValue: errno) }
        let (input, feed) = (FileDescriptor(rawValue: ends[0]), FileDescriptor(rawValue: ends[1]))
        defer { try? input.close() }
        try feed.closeAfter { _ = try feed.writeAll(bytes) }
        let connection = HelperConnection(input: input, output: input, compresses: compresses, patience: 1)
        while let request = try connection.nextRequest() {
            if request.bringsData { _ = try Input.readAll(limit: 16 << 20, try connection.upload()) }
        }
    }

    /// envsnap's end.
    static func readAnswers(_ pieces: [[UInt8]], _ way: Int) throws {
        let outcome = Outcome()
        let isDone = DispatchSemaphore(value: 0)
        Task.detached {
            do {
                let stream = HelperStream(ScriptedLink(pieces), compresses: false)
                for _ in 0..<100 {
                    var answer: HelperFrame?
                    while try await stream.nextData(orAnswer: { answer = $0 }) != nil {}
                    guard let answer else { break }
                    try decode(answer, from: stream, way)
                }
            } catch { outcome.failure.withLock { $0 = error } }
            isDone.signal()
        }
        isDone.wait()
        if let failure = outcome.failure.withLock({ $0 }) { throw failure }
    }

    /// What became of work on another thread.
    private final class Outcome: Sendable {
        let failure = Mutex<(any Error)?>(nil)
    }

    private static func decode(_ frame: HelperFrame, from stream: HelperStream, _ way: Int) throws {
        switch way {
        case 5: let _: [String: [UInt8]] = try stream.value(in: frame)
        case 6: let _: Found<String> = try stream.value(in: frame)
        default: let _: Done = try stream.value(in: frame)
        }
    }
}

/// A link on which what comes was written beforehand.
private final class ScriptedLink: HelperLink {
    private let pieces: Mutex<ArraySlice<[UInt8]>>

    init(_ pieces: [[UInt8]]) { self.pieces = Mutex(pieces[...]) }

    var words: String { "" }
    func send(_ bytes: [UInt8]) async throws {}
    func receive() async throws -> [UInt8]? { pieces.withLock { $0.popFirst() } }
    func close() async {}
}
