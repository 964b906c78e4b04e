// SPDX-License-Identifier: Apache-2.0
import JSONTree
public import OCI

/// What a snapshot says: the whole environment, with references to the blobs that hold images and data.
///
/// Its canonical JSON is what is stored; the SHA-256 of that is the snapshot's id. The format is described in
/// `docs/format.md`.
public struct EnvironmentDocument: Sendable, Equatable {
    /// The format version that this program writes.
    public static let currentFormat: Int64 = 2

    /// The format version that it was written in.
    public internal(set) var formatVersion = Self.currentFormat
    /// The name that the user gave it.
    public var name: String?
    /// The message that the user gave it.
    public var message: String?
    /// Tags that the user gave it.
    public var tags: [String: String]
    /// When the capture began, RFC 3339 in UTC.
    public var capturedAt: String
    /// The envsnap version that captured it.
    public var toolVersion: String
    /// The compose project.
    public var project: ProjectRecord
    /// The outermost engine with the project's part of it.
    public var engine: EngineRecord
    /// Folders and files of the outermost engine's machine.
    public var trees: [TreeRecord]
    /// What was not captured, and why.
    public var notCaptured: [Remark]
    /// What changed between the first and the last look.
    public var changedMeanwhile: [Remark]
    /// How long the longest pause of a container was, in milliseconds.
    public var pauseMilliseconds: Int64
    /// Commands that were run in containers after the data had been read, in their order, and what came of them.
    public var probes: [ProbeRecord] = []
    /// What was replaced in it before it was given away; nil where nothing was.
    public var redaction: RedactionRecord?

    /// An environment of one project on one engine.
    public init(project: ProjectRecord, engine: EngineRecord, capturedAt: String, toolVersion: String) {
        self.project = project
        self.engine = engine
        self.capturedAt = capturedAt
        self.toolVersion = toolVersion
        tags = [:]
        trees = []
        notCaptured = []
        changedMeanwhile = []
        pauseMilliseconds = 0
    }

    /// Whether everything a replay needs is there.
    public var isComplete: Bool { !notCaptured.contains { $0.weight == .loss } }

    /// The digests of all blobs that the document refers to, each once, in the order of their names.
    public var referencedBlobs: [Digest] {
        var digests = dataBlobs
        for (_, engine) in engine.enginesWithPaths() {
            digests.formUnion(engine.images.flatMap(\.blobs))
            if let raw = engine.rawAnswers { digests.insert(raw) }
        }
        return digests.sorted()
    }

    /// The digests of the data archives.
    public var dataBlobs: Set<Digest> { Set(archives.map(\.data.digest)) }

    /// The digests of all lists of chunks, each once, in the order of their names.
    ///
    /// Beside the referenced blobs a snapshot needs the packs of these chunks.
    public var chunkLists: [Digest] {
        Set(archives.filter { $0.data.form == .chunks }.map(\.data.digest)).sorted()
    }
}
