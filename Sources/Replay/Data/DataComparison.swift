// SPDX-License-Identifier: Apache-2.0
import EnvironmentModel
import JSONTree

/// Compares two data archives entry by entry; both are in the same order, so that none is held in memory.
struct DataComparison {
    /// Further findings of one object are counted, not listed.
    private static let limit = 100

    let object: String
    private(set) var verdict = Verdict()
    private var unlisted = 0

    init(object: String) { self.object = object }

    mutating func compare(captured: EntryStream, found: EntryStream) throws {
        var (left, right) = (try captured.next(), try found.next())
        while true {
            switch (left, right) {
            case (nil, nil): return finish()
            case (let one?, let other?) where one.path == other.path:
                compare(one, other)
                (left, right) = (try captured.next(), try found.next())
            case (let one?, let other) where other.map(one.precedes) ?? true:
                add(ComparedEntry.text(one.path), captured: "exists", found: .null)
                left = try captured.next()
            case (_, let other?):
                add(ComparedEntry.text(other.path), captured: .null, found: "exists")
                right = try found.next()
            case (_?, nil): return finish()
            }
        }
    }

    private mutating func compare(_ captured: ComparedEntry, _ found: ComparedEntry) {
        let values = Dictionary(found.properties.map { ($0.name, $0.value) }, uniquingKeysWith: { first, _ in first })
        for (name, value) in captured.properties {
            verdict.compared += 1
            guard values[name] != value else { continue }
            add("\(ComparedEntry.text(captured.path)): \(name)", captured: value, found: values[name] ?? .null)
        }
    }

    private mutating func add(_ field: String, captured: JSONValue, found: JSONValue) {
        guard verdict.different.count < Self.limit else {
            unlisted += 1
            return
        }
        verdict.different.append(
            FieldFinding(object: object, field: field, captured: captured, found: found, reason: nil))
    }

    private mutating func finish() {
        guard unlisted > 0 else { return }
        verdict.different.append(
            FieldFinding(
                object: object, field: "further findings", captured: .null, found: .int(unlisted), reason: nil))
    }
}
