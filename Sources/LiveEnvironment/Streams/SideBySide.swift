// SPDX-License-Identifier: Apache-2.0
import Foundation

/// Work on many things at once, within a bound.
public enum SideBySide {
    /// As many as the machine has processors: the bound for work that computes.
    public static var processors: Int { max(2, ProcessInfo.processInfo.activeProcessorCount) }

    /// Runs the body for each element; the first failure ends the rest.
    public static func forEach<Element: Sendable>(
        _ elements: [Element], atMost bound: Int = processors,
        _ body: @escaping @Sendable (Element) async throws -> Void
    ) async throws {
        _ = try await map(elements, atMost: bound, body)
    }

    /// What the body makes of each element, in the order of the elements; the first failure ends the rest.
    public static func map<Element: Sendable, Result: Sendable>(
        _ elements: [Element], atMost bound: Int = processors,
        _ body: @escaping @Sendable (Element) async throws -> Result
    ) async throws -> [Result] {
        try await withThrowingTaskGroup(of: (Int, Result).self) { group in
            var results = [Result?](repeating: nil, count: elements.count)
            for (index, element) in elements.enumerated() {
                if index >= bound, let (done, result) = try await group.next() { results[done] = result }
                try Task.checkCancellation()
                group.addTask { (index, try await body(element)) }
            }
            while let (done, result) = try await group.next() { results[done] = result }
            return results.compactMap(\.self)
        }
    }
}
