// SPDX-License-Identifier: Apache-2.0
import JSONTree

/// What differs in the files of one folder, volume, writable layer or memory file system.
public struct DataDifference: Sendable, Equatable {
    /// Whose files they are.
    public var subject: ComparedObject
    /// How many properties of entries were compared.
    public var compared = 0
    /// What changed, in the order of the archives.
    public var changes: [FileChange] = []
    /// How many further changes there are that are not listed.
    public var unlisted = 0

    /// Nothing yet about an object's files.
    public init(subject: ComparedObject) { self.subject = subject }

    /// Whether all files are the same.
    public var isEmpty: Bool { changes.isEmpty }

    /// The same as fields of the object, as a verdict shows them: `PATH: mode`, or a path alone where one side lacks it.
    public var verdict: Verdict {
        var verdict = Verdict()
        verdict.compared = compared
        func add(_ field: String, _ captured: JSONValue, _ found: JSONValue) {
            verdict.different.append(
                FieldFinding(subject: subject, field: field, captured: captured, found: found, reason: nil))
        }
        for change in changes {
            if change.kind != .changed {
                add(change.path, change.captured == nil ? .null : "exists", change.found == nil ? .null : "exists")
            }
            for property in change.properties {
                add("\(change.path): \(property.name)", property.captured, property.found)
            }
        }
        if unlisted > 0 { add("further findings", .null, .int(unlisted)) }
        return verdict
    }

    var json: JSONValue {
        [
            "object": .string(subject.description), "files": .array(changes.map(\.json)), "unlisted": .int(unlisted),
        ]
    }
}
