// SPDX-License-Identifier: Apache-2.0
public import JSONTree

extension EnvironmentDocument: JSONRepresentable {
    /// Reads a document.
    ///
    /// - Throws: `ModelError` where it is malformed, was written in a newer format, or needs an unknown feature.
    public init(json: JSONValue) throws {
        let format = try json.requiredInt("formatVersion")
        guard format <= Self.currentFormat else {
            throw ModelError(
                code: .newerFormat,
                message: "the snapshot has format version \(format), this envsnap reads up to \(Self.currentFormat); "
                    + "install a newer envsnap")
        }
        if let feature = json["requiredFeatures"].strings.first {
            throw ModelError(
                code: .unknownFeature,
                message: "the snapshot needs the feature \"\(feature)\", which this envsnap lacks; install a newer one")
        }
        guard let project: ProjectRecord = try json.record("project"),
            let engine: EngineRecord = try json.record("engine")
        else { throw ModelError.malformed("\"project\" or \"engine\" is missing") }
        self.init(
            project: project, engine: engine, capturedAt: try json.requiredString("capturedAt"),
            toolVersion: try json.requiredString("toolVersion"))
        formatVersion = format
        name = json["name"].string
        message = json["message"].string
        for member in json["tags"].object?.members ?? [] { tags[member.key] = member.value.string }
        trees = try json.records("trees")
        try checkTrees()
        notCaptured = try json.records("notCaptured")
        changedMeanwhile = try json.records("changedMeanwhile")
        pauseMilliseconds = json["pauseMilliseconds"].int ?? 0
        probes = try json.records("probes")
        redaction = try json.record("redaction")
    }

    /// No tree is below another one: what one brings, such as a symbolic link, would lead another elsewhere.
    private func checkTrees() throws {
        let paths = Set(trees.map(\.path))
        guard !trees.contains(where: { !paths.isDisjoint(with: $0.path.foldersAbove) }) else {
            throw ModelError.malformed("a tree lies below another one")
        }
    }

    /// The document's JSON form.
    public var json: JSONValue {
        .compact([
            "formatVersion": .int(formatVersion), "name": .optional(name), "message": .optional(message),
            "tags": .object(JSONObject(tags.mapValues(JSONValue.string))), "capturedAt": .string(capturedAt),
            "toolVersion": .string(toolVersion), "project": project.json, "engine": engine.json, "trees": trees.json,
            "notCaptured": notCaptured.json, "changedMeanwhile": changedMeanwhile.json,
            "pauseMilliseconds": .int(pauseMilliseconds), "probes": probes.json,
            "redaction": redaction?.json ?? .null,
        ])
    }
}
