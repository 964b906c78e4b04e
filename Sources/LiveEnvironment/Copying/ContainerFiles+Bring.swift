// SPDX-License-Identifier: Apache-2.0
import Archive
import DockerEngine
import Glibc
import SystemPackage

extension ContainerFiles {
    /// Copies a file or a folder of this machine into the container; owners keep their numbers, and what is there and not
    /// in the copy stays.
    ///
    /// - Throws: `LiveEnvironmentError` where it cannot be read here or has no place there.
    public func bring(_ local: String, to path: String, placement: Placement = .likeDocker) async throws {
        let contentAlone = local.hasSuffix("/.") || local == "."
        guard let kind = try FileKind(at: local), kind == .file || kind == .directory else {
            throw LiveEnvironmentError(.noSuchFile, "there is no file or folder \(local) here")
        }
        let target = try await place(
            of: local, isFolder: kind == .directory, contentAlone: contentAlone, at: path, placement)
        if kind == .file {
            try await send(into: target.folder) { try Self.pack(file: local, as: target.name, into: $0) }
        } else {
            if let name = target.name {
                try await send(into: target.folder) { try Self.pack(folder: local, as: name, into: $0) }
            }
            let folder = target.name.map(target.folder.appendingPath) ?? target.folder
            try await send(into: folder) { try Self.pack(contentOf: local, into: $0) }
        }
    }

    /// A folder that is there, and the name in it that is to be made; nil for content alone.
    private struct Place {
        let folder: String
        let name: String?
    }

    private func place(
        of local: String, isFolder: Bool, contentAlone: Bool, at path: String, _ placement: Placement
    ) async throws -> Place {
        let found = try await lookThrough(path)
        if let found, !found.isDirectory, isFolder || path.hasSuffix("/") {
            throw LiveEnvironmentError(.notCopied, "\(path) is no folder in the container, and none can take its place")
        }
        if found?.isDirectory == true {
            if isFolder, contentAlone || placement == .exactly { return Place(folder: path, name: nil) }
            guard placement == .likeDocker else {
                throw LiveEnvironmentError(.notCopied, "\(path) is a folder in the container, and \(local) is a file")
            }
            return Place(folder: path, name: try Self.name(of: local))
        }
        if placement == .exactly { try await makeFolders(above: path) }
        let parent = path.withoutTrailingSlash.parentPath
        guard try await lookThrough(parent)?.isDirectory == true, isFolder || !path.hasSuffix("/") else {
            throw LiveEnvironmentError(
                .noSuchFile, "there is no folder \(path.hasSuffix("/") && !isFolder ? path : parent) in the container")
        }
        return Place(folder: parent, name: path.lastPathName)
    }

    private static func name(of local: String) throws -> String {
        let name = local.withoutTrailingSlash.lastPathName
        guard name == ".." || name == "." || name.isEmpty else { return name }
        let real = try FilePath(local).realPath()
        return real.lastPathName
    }

    private func makeFolders(above path: String) async throws {
        var missing: [String] = []
        var folder = path.withoutTrailingSlash.parentPath
        while folder != "/", try await lookThrough(folder) == nil {
            missing.insert(folder, at: 0)
            folder = folder.parentPath
        }
        guard !missing.isEmpty else { return }
        let base = folder
        let names = missing.compactMap { $0.below(base) }
        try await send(into: base) { writer in
            for name in names {
                try writer.append(ArchiveEntry(path: Array(name.utf8), kind: .directory, mode: 0o755))
            }
        }
    }

    private func send(into folder: String, _ pack: @escaping @Sendable (PaxWriter) throws -> Void) async throws {
        try await BlockingWork.produce { write in
            try withoutActuallyEscaping(write) { write in
                let writer = PaxWriter(sink: { try write(Array($0)) })
                try pack(writer)
                try writer.finish()
            }
        } to: { pipe in
            try await engine.writeArchive(container, path: folder, archive: pipe, keepsKinds: true)
        }
    }

    private static func pack(file path: String, as name: String?, into writer: PaxWriter) throws {
        let file = try FileDescriptor.open(FilePath(path), .readOnly, options: [.closeOnExec])
        try file.closeAfter {
            let status = try status(of: file)
            var entry = entry(name ?? path.lastPathName, .file(size: Int64(status.st_size)), status)
            entry.extents = nil
            try writer.append(entry) { sink in
                var rest = Int64(status.st_size)
                var buffer = [UInt8](repeating: 0, count: 256 << 10)
                while rest > 0 {
                    let count = try buffer.withUnsafeMutableBytes { try file.read(into: $0) }
                    let taken = Int(min(Int64(count), rest))
                    guard taken > 0 else { break }
                    rest -= Int64(taken)
                    try buffer.withUnsafeBytes { try sink(UnsafeRawBufferPointer(rebasing: $0[..<taken])) }
                }
            }
        }
    }

    private static func pack(folder path: String, as name: String, into writer: PaxWriter) throws {
        let folder = try FileDescriptor.open(FilePath(path), .readOnly, options: [.directory, .closeOnExec])
        try folder.closeAfter { try writer.append(entry(name, .directory, status(of: folder))) }
    }

    private static func pack(contentOf path: String, into writer: PaxWriter) throws {
        let folder = try FileDescriptor.open(FilePath(path), .readOnly, options: [.directory, .closeOnExec])
        try folder.closeAfter {
            let summary = try TreePacker(options: .init(mounts: .cross)).pack(folder, into: writer)
            guard let unreadable = summary.unreadable.first else { return }
            throw LiveEnvironmentError(
                .notCopied, "\(path)/\(String(decoding: unreadable.path, as: UTF8.self)) cannot be read",
                cause: Errno(rawValue: unreadable.errorNumber))
        }
    }

    private static func entry(_ name: String, _ kind: ArchiveEntry.Kind, _ status: stat) -> ArchiveEntry {
        ArchiveEntry(
            path: Array(name.utf8), kind: kind, mode: UInt32(status.st_mode) & 0o7777, user: status.st_uid,
            group: status.st_gid,
            modified: Timestamp(seconds: Int64(status.st_mtim.tv_sec), nanoseconds: Int32(status.st_mtim.tv_nsec)))
    }

    private static func status(of file: FileDescriptor) throws -> stat {
        var status = stat()
        guard fstat(file.rawValue, &status) == 0 else { throw Errno(rawValue: errno) }
        return status
    }
}

extension FilePath {
    /// The path without links (realpath(3)).
    fileprivate func realPath() throws -> String {
        guard let resolved = realpath(string, nil) else { throw Errno(rawValue: errno) }
        defer { free(resolved) }
        return String(cString: resolved)
    }
}
