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

    static func unpack(
        _ target: UnpackTarget, limits: TreeExtractor.Options.Limits, from source: @escaping ByteSource,
        _ extraction: Extraction
    ) throws {
        var options = target.options
        options.limits = limits
        switch target {
        case .folder(let path):
            try makeFolders(path)
            try open(path).closeAfter { try extraction.extract(source, into: $0, options) }
        case .upperLayer(let path): try open(path).closeAfter { try extraction.extract(source, into: $0, options) }
        case .runningFolderInside(let root, let path):
            let folder = try InnerFolder.open(path, inside: root, missing: .refuse)
            try folder.closeAfter { try extraction.extract(source, into: folder, options) }
        case .fileInside(let root, let path):
            let file = FilePath(path)
            guard let name = file.lastComponent else {
                throw LiveEnvironmentError(.dataOutOfReach, "\(root) is no folder for a file")
            }
            let parent = try InnerFolder.open(file.removingLastComponent().string, inside: root, missing: .make)
            try parent.closeAfter { try extraction.extractFile(source, named: name.string, in: parent, options) }
        case .file(let path):
            let file = FilePath(path)
            let folder = file.removingLastComponent()
            try makeFolders(folder.string)
            guard let name = file.lastComponent else { return }
            try open(folder.string).closeAfter {
                try extraction.extractFile(source, named: name.string, in: $0, options)
            }
        }
        try drain(source)
    }

    private static func open(_ folder: String) throws -> FileDescriptor {
        try FileDescriptor.open(FilePath(folder), .readOnly, options: [.directory, .closeOnExec])
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

extension UnpackTarget {
    /// What an archive may do there.
    fileprivate var options: TreeExtractor.Options {
        switch self {
        case .folder, .file, .fileInside: .ownSnapshot
        case .upperLayer: .upperLayer
        case .runningFolderInside: .ownSnapshotBesideRunning
        }
    }
}

extension FileDescriptor {
    /// Runs the body with the descriptor and closes it, whatever happens.
    func closeAfter<Result>(_ body: (FileDescriptor) throws -> Result) throws -> Result {
        try closeAfter { try body(self) }
    }
}
