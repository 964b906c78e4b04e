// SPDX-License-Identifier: Apache-2.0
import Synchronization

/// The streams to one helper: as many as work goes on side by side, used again when they are idle.
final class HelperStreams: Sendable {
    private let idle = Mutex<[HelperStream]>([])
    private let open: @Sendable () async throws -> HelperStream

    init(open: @escaping @Sendable () async throws -> HelperStream) { self.open = open }

    /// Runs a body with a stream of its own; one whose request did not come to its end is closed.
    func with<Result>(_ body: (HelperStream) async throws -> Result) async throws -> Result {
        let stream = try await take()
        do {
            let result = try await body(stream)
            await giveBack(stream)
            return result
        } catch {
            await giveBack(stream)
            throw error
        }
    }

    /// Closes the streams that are idle.
    func close() async {
        let streams = idle.withLock { idle in
            defer { idle = [] }
            return idle
        }
        for stream in streams { await stream.close() }
    }

    private func take() async throws -> HelperStream {
        if let stream = idle.withLock({ $0.popLast() }) { return stream }
        return try await open()
    }

    private func giveBack(_ stream: HelperStream) async {
        guard stream.isIdle else { return await stream.close() }
        idle.withLock { $0.append(stream) }
    }
}
