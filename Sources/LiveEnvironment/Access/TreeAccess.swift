// SPDX-License-Identifier: Apache-2.0
import Archive
import CLinux
import Glibc
import SystemPackage

/// The blocking steps of reading and writing trees on this machine.
enum TreeAccess {
    static func pack(_ path: String, excluding exclusions: [Exclusion], into sink: any ArchiveSink) throws
        -> PackSummary
    {
        let options = options(exclusions)
        let root = try FileDescriptor.open(FilePath(path), .readOnly, options: [.closeOnExec])
        return try root.closeAfter {
            let writer = PaxWriter(into: sink)
            let summary = try TreePacker(options: options).pack(root, into: writer)
            try writer.finish()
            return summary
        }
    }

    static func synchronize(_ paths: [String]) throws {
        let files = paths.compactMap { try? FileDescriptor.open(FilePath($0), .readOnly, options: [.closeOnExec]) }
        defer { for file in files { try? file.close() } }
        try TreeSurvey.synchronize(files)
    }

    static func survey(_ path: String, excluding exclusions: [Exclusion]) throws -> TreeSurvey {
        let root = try FileDescriptor.open(FilePath(path), .readOnly, options: [.closeOnExec])
        return try root.closeAfter { try TreeSurvey(root, options: options(exclusions)) }
    }

    static func options(_ exclusions: [Exclusion]) -> TreePacker.Options {
        TreePacker.Options(
            mounts: .cross,
            exclusions: exclusions.map {
                .init(path: Array($0.path.utf8), keeps: $0.keepsFolder ? .folder : .nothing)
            })
    }

    static func unpack(_ target: UnpackTarget, from source: @escaping ByteSource) throws {
        let reader = try PaxReader(source: source)
        switch target {
        case .folder(let path):
            try makeFolders(path)
            try extract(reader, into: path, .ownSnapshot)
        case .runningFolderInside(let root, let path):
            let folder = try InnerFolder.open(path, inside: root, missing: .refuse)
            _ = try folder.closeAfter {
                try TreeExtractor(options: .ownSnapshotBesideRunning).extract(reader, into: folder)
            }
        case .fileInside(let root, let path):
            let file = FilePath(path)
            guard let name = file.lastComponent else {
                throw LiveEnvironmentError(.dataOutOfReach, "\(root) is no folder for a file")
            }
            let parent = try InnerFolder.open(file.removingLastComponent().string, inside: root, missing: .make)
            try extractFile(reader, named: name.string, in: parent)
        case .upperLayer(let path): try extract(reader, into: path, .upperLayer)
        case .file(let path):
            let file = FilePath(path)
            let folder = file.removingLastComponent()
            try makeFolders(folder.string)
            guard let name = file.lastComponent else { return }
            let parent = try FileDescriptor.open(folder, .readOnly, options: [.directory, .closeOnExec])
            try extractFile(reader, named: name.string, in: parent)
        }
        try drain(source)
    }

    private static func extractFile(_ reader: PaxReader, named name: String, in parent: FileDescriptor) throws {
        _ = try parent.closeAfter {
            try TreeExtractor(options: .ownSnapshot).extractFile(reader, named: Array(name.utf8), in: parent)
        }
    }

    private static func extract(_ reader: PaxReader, into path: String, _ options: TreeExtractor.Options) throws {
        let root = try FileDescriptor.open(FilePath(path), .readOnly, options: [.directory, .closeOnExec])
        _ = try root.closeAfter { try TreeExtractor(options: options).extract(reader, into: root) }
    }

    static func readFile(_ path: String) throws -> [UInt8] {
        var bytes: [UInt8] = []
        try copyFile(path) { bytes += $0 }
        return bytes
    }

    static func copyFile(_ path: String, to sink: ByteSink) throws {
        let file: FileDescriptor
        do { file = try FileDescriptor.open(FilePath(path), .readOnly, options: [.closeOnExec]) } catch {
            throw LiveEnvironmentError(.dataOutOfReach, "\(path) cannot be opened", cause: error)
        }
        try file.closeAfter {
            var buffer = [UInt8](repeating: 0, count: 1 << 20)
            while case let count = try buffer.withUnsafeMutableBytes({ try file.read(into: $0) }), count > 0 {
                try buffer.withUnsafeBytes { try sink(UnsafeRawBufferPointer(rebasing: $0[..<count])) }
            }
        }
    }

    static func names(in folder: String) -> [String] {
        guard let stream = opendir(folder) else { return [] }
        defer { closedir(stream) }
        var names: [String] = []
        while let entry = readdir(stream) {
            let name = withUnsafePointer(to: &entry.pointee.d_name) {
                $0.withMemoryRebound(to: CChar.self, capacity: 256) { String(cString: $0) }
            }
            if name != ".", name != ".." { names.append(name) }
        }
        return names.sorted { $0.utf8.lexicographicallyPrecedes($1.utf8) }
    }

    /// Reads what is left, so that the source verifies all of it.
    static func drain(_ source: ByteSource) throws {
        var buffer = [UInt8](repeating: 0, count: 1 << 16)
        while try buffer.withUnsafeMutableBytes({ try source($0) }) > 0 {}
    }

    static func makeFolders(_ path: String) throws {
        var built = FilePath("/")
        for component in FilePath(path).components {
            built.append(component)
            if try FileKind(at: built.string) == nil { try makeFolder(built) }
        }
    }

    private static func makeFolder(_ path: FilePath) throws {
        do { try path.makeDirectory() } catch Errno.fileExists { return }
    }
}
