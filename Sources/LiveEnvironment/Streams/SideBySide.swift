// SPDX-License-Identifier: Apache-2.0
import Foundation

/// Work on many things at once, as many as the machine has processors.
public enum SideBySide {
    /// Runs the body for each element; the first failure ends the rest.
    public static func forEach<Element: Sendable>(
        _ elements: [Element], _ body: @escaping @Sendable (Element) async throws -> Void
    ) async throws {
        try await withThrowingTaskGroup(of: Void.self) { group in
            var waiting = elements[...]
            for _ in 0..<max(2, ProcessInfo.processInfo.activeProcessorCount) {
                guard let element = waiting.popFirst() else { break }
                group.addTask { try await body(element) }
            }
            while try await group.next() != nil {
                try Task.checkCancellation()
                guard let element = waiting.popFirst() else { continue }
                group.addTask { try await body(element) }
            }
        }
    }
}
