// SPDX-License-Identifier: Apache-2.0
public import Archive
import Foundation
import Synchronization

/// Reads and writes the files through a helper that runs on the engine's machine.
public struct HelperDataAccess: DataAccess {
    private let streams: HelperStreams
    /// Whether the helper's machine is this one.
    public let isOnThisMachine: Bool
    /// Whether archives are taken apart by processes that may do nothing else.
    let isConfined: Bool

    init(streams: HelperStreams, isOnThisMachine: Bool, isConfined: Bool = false) {
        self.streams = streams
        self.isOnThisMachine = isOnThisMachine
        self.isConfined = isConfined
    }

    /// The same, whose archives are taken apart by processes that may do nothing else.
    public var confined: any DataAccess {
        HelperDataAccess(streams: streams, isOnThisMachine: isOnThisMachine, isConfined: true)
    }

    /// How the files are reached, for messages.
    public var description: String { "by a helper container" }

    /// What stands at a path; nil where nothing does.
    public func kind(of path: String) async throws -> FileKind? {
        let found: Found<FileKind> = try await ask(.kind(path: path))
        return found.value
    }

    /// Packs a folder or a file.
    public func pack<Result: Sendable>(
        _ path: String, excluding exclusions: [Exclusion],
        with consumer: @escaping @Sendable (_ produce: (any ArchiveSink) throws -> PackSummary) throws -> Result
    ) async throws -> Result {
        // Mere bytes cross the link: where large files begin is not told, so that they are cut as they come.
        try await download(.pack(path: path, exclusions: exclusions)) { produce in
            try consumer { sink in try produce { try sink.write($0) } }
        }
    }

    /// The moment on the helper's machine.
    public func moment() async throws -> SurveyMoment { try await ask(.moment) }

    /// Writes back what is dirty on the file systems of these paths.
    public func synchronize(_ paths: [String]) async throws {
        let _: Done = try await ask(.synchronize(paths: paths))
    }

    /// Looks at the metadata of a folder or a file.
    public func survey(_ path: String, excluding exclusions: [Exclusion]) async throws -> TreeSurvey {
        try await ask(.survey(path: path, exclusions: exclusions))
    }

    /// Unpacks an archive that envsnap made.
    public func unpack(
        _ target: UnpackTarget, limits: TreeExtractor.Options.Limits,
        open: @escaping @Sendable () throws -> ByteSource
    ) async throws {
        let _: Done = try await upload(.unpack(target, limits: limits, isConfined: isConfined), open)
    }

    /// Reads a blob of an engine's image store.
    public func read<Result: Sendable>(
        _ place: ImageBlobs.Place,
        with consumer: @escaping @Sendable (_ produce: (@escaping ByteSink) throws -> Void) throws -> Result
    ) async throws -> Result {
        try await download(.read(place)) { produce in try consumer { sink in let _: Done = try produce(sink) } }
    }

    /// Unpacks a layer of an image into the folder of an overlay.
    public func unpackLayer(
        into folder: String, recipe: String, open: @escaping @Sendable () throws -> ByteSource
    ) async throws -> Int64 {
        try await upload(.unpackLayer(folder: folder, recipe: recipe, isConfined: isConfined), open)
    }

    /// Makes a folder, with those above it.
    public func makeFolder(_ path: String, permissions: UInt32) async throws {
        let _: Done = try await ask(.makeFolder(path: path, permissions: permissions))
    }

    /// Writes a small file.
    public func writeFile(_ path: String, _ bytes: [UInt8]) async throws {
        let _: Done = try await upload(.writeFile(path: path)) {
            var unread: [UInt8]? = bytes
            return ChunkSource { unread.take() }.read
        }
    }

    /// Whether a relative path leads through a symbolic link below a folder, or is one.
    public func hasLink(in path: String, below folder: String) async throws -> Bool {
        try await ask(.hasLink(path: path, folder: folder))
    }

    /// Makes a symbolic link.
    public func makeLink(_ path: String, to target: String) async throws {
        let _: Done = try await ask(.makeLink(path: path, target: target))
    }

    /// Removes what stands at a path, with all below it.
    public func remove(_ path: String) async throws {
        let _: Done = try await ask(.remove(path: path))
    }

    /// Reads a small file whole.
    public func readFile(_ path: String) async throws -> [UInt8] {
        try await download(.readFile(path: path)) { produce in
            var bytes: [UInt8] = []
            let _: Done = try produce { bytes += $0 }
            return bytes
        }
    }

    /// The names in a folder; none where it is not there.
    public func names(in folder: String) async throws -> [String] { try await ask(.names(folder: folder)) }

    func ask<Value: Codable & Sendable>(_ request: HelperRequest) async throws -> Value {
        try await streams.with { stream in
            try await stream.send(request)
            return try stream.value(in: try await stream.answer())
        }
    }

    private func download<Value: Codable, Result: Sendable>(
        _ request: HelperRequest,
        with consumer: @escaping @Sendable (_ produce: (@escaping ByteSink) throws -> Value) throws -> Result
    ) async throws -> Result {
        try await streams.with { stream in
            try await stream.send(request)
            let download = HelperDownload(stream)
            return try await BlockingWork.consume(download) { next in
                try withoutActuallyEscaping(next) { next in
                    try consumer { sink in
                        try download.pass(next, to: sink)
                        return try download.answer()
                    }
                }
            }
        }
    }

    func upload<Value: Codable & Sendable>(
        _ request: HelperRequest, _ open: @escaping @Sendable () throws -> ByteSource
    ) async throws -> Value {
        try await streams.with { stream in
            try await stream.send(request)
            return try await HelperUpload(stream).send(from: open)
        }
    }
}
