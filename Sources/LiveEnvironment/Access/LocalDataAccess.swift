// SPDX-License-Identifier: Apache-2.0
public import Archive
import Glibc
import SystemPackage

/// Reads and writes the files itself: envsnap runs as root on the engine's machine.
public struct LocalDataAccess: DataAccess {
    let extraction: Extraction

    /// An access that needs no helper.
    public init() { extraction = .here }

    private init(_ extraction: Extraction) { self.extraction = extraction }

    /// The same, whose archives are taken apart by processes that may do nothing else.
    public var confined: any DataAccess { confined(by: .running) }

    /// The same, by processes of a program that is envsnap.
    public func confined(by program: ExtractionProgram) -> LocalDataAccess { LocalDataAccess(.confined(program)) }

    /// How the files are reached, for messages.
    public var description: String { "directly" }

    /// Whether the files are this machine's.
    public var isOnThisMachine: Bool { true }

    /// What stands at a path; nil where nothing does.
    public func kind(of path: String) async throws -> FileKind? { try FileKind(at: path) }

    /// Packs a folder or a file.
    public func pack<Result: Sendable>(
        _ path: String, excluding exclusions: [Exclusion],
        with consumer: @escaping @Sendable (_ produce: (any ArchiveSink) throws -> PackSummary) throws -> Result
    ) async throws -> Result {
        try await BlockingWork.run {
            try consumer { sink in
                try TreeAccess.pack(path, excluding: exclusions, into: InterruptibleSink(sink))
            }
        }
    }

    /// The moment on this machine.
    public func moment() async throws -> SurveyMoment { try SurveyMoment.now() }

    /// Writes back what is dirty on the file systems of these paths.
    public func synchronize(_ paths: [String]) async throws {
        try await BlockingWork.run { try TreeAccess.synchronize(paths) }
    }

    /// Looks at the metadata of a folder or a file.
    public func survey(_ path: String, excluding exclusions: [Exclusion]) async throws -> TreeSurvey {
        try await BlockingWork.run { try TreeAccess.survey(path, excluding: exclusions) }
    }

    /// Unpacks an archive that envsnap made.
    public func unpack(
        _ target: UnpackTarget, limits: TreeExtractor.Options.Limits,
        open: @escaping @Sendable () throws -> ByteSource
    ) async throws {
        let extraction = extraction
        try await BlockingWork.run {
            try TreeAccess.unpack(target, limits: limits, from: Self.interruptible(try open()), extraction)
        }
    }

    /// Reads a blob of an engine's image store.
    public func read<Result: Sendable>(
        _ place: ImageBlobs.Place,
        with consumer: @escaping @Sendable (_ produce: (@escaping ByteSink) throws -> Void) throws -> Result
    ) async throws -> Result {
        try await BlockingWork.run {
            try consumer { sink in
                let interruptible: ByteSink = { bytes in
                    try BlockingWork.checkInterruption()
                    try sink(bytes)
                }
                switch place {
                case .file(let path): try TreeAccess.copyFile(path, to: interruptible)
                case .layer(let recipe, let folder):
                    try LayerTar(recipe: recipe, folder: folder).write(to: interruptible)
                }
            }
        }
    }

    /// A source that ends with the task which waits for it.
    static func interruptible(_ source: @escaping ByteSource) -> ByteSource {
        { buffer in
            try BlockingWork.checkInterruption()
            return try source(buffer)
        }
    }

    /// Reads a small file whole.
    public func readFile(_ path: String) async throws -> [UInt8] {
        try await BlockingWork.run { try TreeAccess.readFile(path) }
    }

    /// The names in a folder; none where it is not there.
    public func names(in folder: String) async throws -> [String] { TreeAccess.names(in: folder) }
}

extension FileKind {
    /// What stands at a path of this machine; nil where nothing does; see stat(2).
    init?(at path: String) throws {
        var status = stat()
        guard stat(path, &status) == 0 else {
            if errno == ENOENT || errno == ENOTDIR { return nil }
            throw LiveEnvironmentError(.dataOutOfReach, "\(path): \(String(cString: strerror(errno)))")
        }
        switch status.st_mode & S_IFMT {
        case S_IFREG: self = .file
        case S_IFDIR: self = .directory
        case S_IFSOCK: self = .socket
        default: self = .special
        }
    }
}
