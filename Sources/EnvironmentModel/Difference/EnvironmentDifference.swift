// SPDX-License-Identifier: Apache-2.0
public import JSONTree

/// All that differs between two environments: fields, images and files.
public struct EnvironmentDifference: Sendable, Equatable {
    /// Fields that differ; what follows from another one of them is left out.
    public var fields: [FieldFinding]
    /// Fields that differ and may, each with its reason.
    public var allowed: [FieldFinding]
    /// How many fields were compared.
    public var compared: Int
    /// Images that are not the same under one tag.
    public var images: [ImageDifference] = []
    /// What differs in files; only objects of which something does.
    public var data: [DataDifference] = []

    /// Compares what engines say, and nothing that lies in blobs.
    public init(
        captured: EnvironmentDocument, found: EngineRecord, project: ProjectRecord?, for purpose: ComparisonPurpose
    ) {
        let comparison = EnvironmentComparison(captured: captured.engine, found: found, purpose: purpose)
        var verdict = Verdict()
        if let project { verdict.add(Self.compare(captured.project, project)) }
        verdict.add(comparison.verdict())
        compared = verdict.compared
        allowed = verdict.allowed
        images = comparison.changedImages
        fields = ImpliedFindings(verdict.different, changedImages: images.map(\.subject)).rest
    }

    /// Whether nothing differs.
    public var isEqual: Bool { fields.isEmpty && images.isEmpty && data.isEmpty }

    /// Adds what differs in the files of an object, if anything does.
    public mutating func add(_ difference: DataDifference) {
        compared += difference.compared
        if !difference.isEmpty { data.append(difference) }
    }

    /// Notes files that only one of the two sides has, where the object itself is on both.
    public mutating func addMissingData(of subject: ComparedObject, isCaptured: Bool) {
        compared += 1
        let isKnown = fields.contains {
            $0.field == "exists" && $0.subject.path == subject.path
                && [$0.subject.name, $0.subject.callName].contains(subject.name)
        }
        if !isKnown { fields.append(.existence(of: subject, isCaptured: isCaptured)) }
    }

    /// The difference as `diff --json` shows it.
    public var json: JSONValue {
        [
            "equal": .bool(isEqual), "compared": .int(compared), "different": .array(fields.map(\.json)),
            "images": .array(images.map(\.json)), "data": .array(data.map(\.json)),
            "allowed": .array(allowed.map(\.json)),
        ]
    }

    private static func compare(_ captured: ProjectRecord, _ found: ProjectRecord) -> Verdict {
        let context = ComparisonContext(purpose: .difference, capturedInfo: .null, foundInfo: .null)
        var comparison = ObjectComparison(
            subject: ComparedObject(.project, .outermost, captured.name), rules: [], context: context)
        comparison.compare(captured.json, found.json)
        return comparison.verdict
    }
}

extension EnvironmentComparison {
    /// The images of all engines that are compared with one of other content.
    var changedImages: [ImageDifference] {
        let own = images.pairs.compactMap { pair -> ImageDifference? in
            guard let captured = pair.captured, let found = pair.found, captured.config != found.config else {
                return nil
            }
            return ImageDifference(subject: subject(captured, and: found), captured: captured, found: found)
        }
        return own + nested.flatMap(\.changedImages)
    }
}
