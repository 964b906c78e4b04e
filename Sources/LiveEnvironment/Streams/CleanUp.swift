// SPDX-License-Identifier: Apache-2.0
public import DockerEngine
import Synchronization

/// Undoing what was done on an engine, which a cancelled task could not do itself.
public enum CleanUp {
    /// The engine does not answer, and nobody is to wait for it.
    public struct Unfinished: Error, CustomStringConvertible {
        /// Where the engine is.
        public let location: String
        /// What happened.
        public var description: String { "\(location) does not answer" }
    }

    private final class Outcome<Result: Sendable>: Sendable {
        let value = Mutex<Swift.Result<Result, any Error>?>(nil)
    }

    /// So long an engine may take to show that it is there, when somebody has asked for an end.
    private static let grace = Duration.milliseconds(1200)

    /// Runs a body in a task that nothing cancels, and waits for it.
    ///
    /// - Throws: the body's error; or `Unfinished` when the caller is cancelled and the engine does not answer. The body then
    ///   goes on while the program lasts.
    public static func run<Result: Sendable>(
        on engine: Engine, _ body: @escaping @Sendable () async throws -> Result
    ) async throws -> Result {
        let outcome = Outcome<Result>()
        let (ended, end) = AsyncStream.makeStream(of: Void.self)
        Task {
            let result: Swift.Result<Result, any Error>
            do { result = .success(try await body()) } catch { result = .failure(error) }
            outcome.value.withLock { $0 = result }
            end.finish()
        }
        // Ends with the body, or at once in a task that is cancelled.
        for await _ in ended {}
        while true {
            if let result = outcome.value.withLock({ $0 }) { return try result.get() }
            guard await engine.answers(within: grace) else { throw Unfinished(location: engine.location) }
            // In a task of its own a sleep is not cut short.
            await Task {
                for _ in 0..<50 where outcome.value.withLock({ $0 == nil }) {
                    try? await Task.sleep(for: .milliseconds(20))
                }
            }.value
        }
    }
}
