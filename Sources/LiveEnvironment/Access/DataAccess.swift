// SPDX-License-Identifier: Apache-2.0
public import Archive

/// Reads and writes files on the machine of the outermost engine.
///
/// All paths are absolute ones of that machine; `PathMap` brings those of nested engines there.
public protocol DataAccess: Sendable {
    /// How the files are reached, for messages.
    var description: String { get }

    /// Whether the files are this machine's, the store among them.
    var isOnThisMachine: Bool { get }

    /// The same access, whose archives are taken apart by processes that may do nothing else: for what others made.
    var confined: any DataAccess { get }

    /// What stands at a path; nil where nothing does. Symbolic links are followed.
    func kind(of path: String) async throws -> FileKind?

    /// Packs a folder or a file. The consumer runs on a thread of its own and calls `produce` once, which sends the
    /// archive to its sink.
    func pack<Result: Sendable>(
        _ path: String, excluding exclusions: [Exclusion],
        with consumer: @escaping @Sendable (_ produce: (any ArchiveSink) throws -> PackSummary) throws -> Result
    ) async throws -> Result

    /// The moment on that machine, by its clock.
    func moment() async throws -> SurveyMoment

    /// Writes back what is dirty on the file systems of these paths, so that surveys show every change from then on.
    func synchronize(_ paths: [String]) async throws

    /// Looks at the metadata of a folder or a file, with the same left out as where it is packed.
    func survey(_ path: String, excluding exclusions: [Exclusion]) async throws -> TreeSurvey

    /// Unpacks an archive that envsnap made into a folder, or as a file, replacing what was there.
    ///
    /// `open` is called once on a thread of its own; the source is read to its end.
    ///
    /// - Parameters:
    ///   - target: Where to.
    ///   - limits: What the archive may have; beyond that the unpacking fails.
    ///   - open: Gives the archive's bytes.
    func unpack(
        _ target: UnpackTarget, limits: TreeExtractor.Options.Limits,
        open: @escaping @Sendable () throws -> ByteSource
    ) async throws

    /// Writes down in a file of this machine what tells later which parts of a folder or a file were touched; nothing may
    /// write to it meanwhile.
    func stamp(_ path: String, excluding exclusions: [Exclusion], into stamps: String) async throws

    /// Whether anything but the times of folders was touched in a folder or a file since it was stamped; so it is where there are no stamps.
    func isTouched(_ path: String, excluding exclusions: [Exclusion], since stamps: String) async throws -> Bool

    /// Puts a folder back to what an archive that envsnap made holds, by writing what was touched since it was stamped;
    /// what is left out stays as it is.
    ///
    /// `open` is called on a thread of its own, and only where something was touched.
    ///
    /// - Returns: whether anything was.
    func revert(
        _ path: String, excluding exclusions: [Exclusion], since stamps: String,
        limits: TreeExtractor.Options.Limits, open: @escaping @Sendable () throws -> ByteSource
    ) async throws -> Bool

    /// Whether a relative path leads through a symbolic link below a folder, or is one; not where nothing stands there.
    func hasLink(in path: String, below folder: String) async throws -> Bool
    /// The path of what a path leads to, without symbolic links; nil where that is nothing.
    func realPath(of path: String) async throws -> String?

    /// Whether two paths lead to the same object; not where there is nothing at either.
    func isSame(_ path: String, as other: String) async throws -> Bool

    /// Reads a blob of an engine's image store. The consumer runs on a thread of its own and calls `produce` once.
    func read<Result: Sendable>(
        _ place: ImageBlobs.Place,
        with consumer: @escaping @Sendable (_ produce: (@escaping ByteSink) throws -> Void) throws -> Result
    ) async throws -> Result

    /// Unpacks a layer of an image into the folder of an overlay, and writes down what its tar had around the files.
    ///
    /// - Returns: the sum of its files' sizes.
    /// - Throws: where the layer has something that only an engine can unpack; then what was written stays.
    func unpackLayer(
        into folder: String, recipe: String, open: @escaping @Sendable () throws -> ByteSource
    ) async throws -> Int64

    /// Makes a folder with these permissions; those above it, where they are missing, only root and its group may enter.
    func makeFolder(_ path: String, permissions: UInt32) async throws

    /// Writes a small file.
    func writeFile(_ path: String, _ bytes: [UInt8]) async throws

    /// Makes a symbolic link.
    func makeLink(_ path: String, to target: String) async throws

    /// Gives what stands at a path another one on the same file system; neither leads through a symbolic link.
    func move(_ path: String, to target: String) async throws

    /// Whether nothing was changed in a folder or a file since a time; the path leads through no symbolic link.
    func isUntouched(_ path: String, since time: Timestamp) async throws -> Bool

    /// Removes what stands at a path, with all below it.
    func remove(_ path: String) async throws

    /// Reads a small file whole.
    func readFile(_ path: String) async throws -> [UInt8]

    /// Connects to a unix socket of this path inside the root of a process, which is given by its folder below `/proc`,
    /// and returns the descriptor.
    func connect(toSocket path: String, of process: String) async throws -> CInt

    /// Reads small files as they are in the network namespace of a process, which is given by its folder below `/proc`.
    func readFiles(_ paths: [String], inNetworkOf process: String) async throws -> [[UInt8]]

    /// The names in a folder, in the order of their bytes; none where it is not there.
    func names(in folder: String) async throws -> [String]
}

extension DataAccess {
    /// Unpacks an archive of which nobody has said how much it holds, such as the layer of an image: the bytes are
    /// those of its digest.
    public func unpack(_ target: UnpackTarget, open: @escaping @Sendable () throws -> ByteSource) async throws {
        try await unpack(target, limits: .unlimited, open: open)
    }
}

/// What stands at a path.
public enum FileKind: String, Sendable, Codable {
    /// A regular file.
    case file
    /// A folder.
    case directory
    /// A unix socket.
    case socket
    /// A device, a fifo, or anything else.
    case special
}

/// A path that is left out of an archive, relative to what is packed.
public struct Exclusion: Sendable, Equatable, Codable {
    /// The relative path.
    public var path: String
    /// Whether the folder itself stays, without its content.
    public var keepsFolder: Bool

    /// A path to leave out.
    public init(path: String, keepsFolder: Bool) {
        self.path = path
        self.keepsFolder = keepsFolder
    }
}

/// Where an archive is unpacked to.
public enum UnpackTarget: Sendable, Codable {
    /// Into the folder of this path, which is made where it is missing; its content is replaced.
    case folder(String)
    /// Into the folder of this path as a layer of an image, onto the layers below it.
    case upperLayer(String)
    /// As the file of this path.
    case file(String)
    /// As the file of a path below a folder that holds what others made: no symbolic link on the way leads out of it.
    case fileInside(root: String, path: String)
    /// Into a folder below such a folder, in which a program works already: what is missing is added, the rest stays.
    case runningFolderInside(root: String, path: String)
}
