// SPDX-License-Identifier: Apache-2.0
import Archive
import Glibc
import SystemPackage

/// Where on this machine a copy from a container goes.
struct LocalTarget: Sendable {
    private enum Way: Sendable {
        /// Into a folder that is there, under its own name, or its content alone.
        case into(String)
        /// Under this name in a folder that is there.
        case become(name: String, in: String)
    }

    private let way: Way
    private let contentAlone: Bool

    /// - Throws: `LiveEnvironmentError` for a place where what is copied cannot be.
    init(_ local: String, isFolder: Bool, contentAlone: Bool) throws {
        self.contentAlone = contentAlone
        let path = local.withoutTrailingSlash
        switch try FileKind(at: path) {
        case .directory?: way = .into(path)
        case .file? where !isFolder && !local.hasSuffix("/"):
            way = .become(name: path.lastPathName, in: Self.parent(of: path))
        case nil:
            let parent = Self.parent(of: path)
            guard try FileKind(at: parent) == .directory, isFolder || !local.hasSuffix("/") else {
                throw LiveEnvironmentError(
                    .notCopied, "there is no folder \(isFolder || !local.hasSuffix("/") ? parent : path) here",
                    hint: "make it first")
            }
            way = .become(name: path.lastPathName, in: parent)
        default:
            throw LiveEnvironmentError(
                .notCopied, "\(path) is no folder, and a folder cannot take its place",
                hint: "name another place, or remove it first")
        }
    }

    private static func parent(of path: String) -> String {
        path.contains("/") ? path.parentPath : "."
    }

    /// Restores an archive there and returns the number of its entries.
    func take(_ reader: PaxReader, owners: TreeExtractor.Options.Owners) throws -> Int {
        var options = TreeExtractor.Options()
        options.owners = owners
        switch way {
        case .into(let folder):
            options.existing = .replaceNames
            options.rootMetadata = .keep
            return try extract(reader, options, into: folder)
        case .become(let name, let folder):
            options.rootMetadata = contentAlone ? .apply : .keep
            return try take(reader, options, as: name, in: folder)
        }
    }

    private func extract(_ reader: PaxReader, _ options: TreeExtractor.Options, into folder: String) throws -> Int {
        let root = try FileDescriptor.open(FilePath(folder), .readOnly, options: [.directory, .closeOnExec])
        return try root.closeAfter { try TreeExtractor(options: options).extract(reader, into: root).entries }
    }

    /// Restores beside the place and moves it there when it is whole, since the archive has a name of its own for it.
    private func take(
        _ reader: PaxReader, _ options: TreeExtractor.Options, as name: String, in folder: String
    ) throws -> Int {
        var template = Array("\(folder)/.envsnap-cp-XXXXXX".utf8CString)
        guard mkdtemp(&template) != nil else { throw notCopied("make a folder in \(folder)") }
        let temporary = String(decoding: template.dropLast().map { UInt8(bitPattern: $0) }, as: UTF8.self)
        defer { remove(temporary, in: folder) }
        let entries = try extract(reader, options, into: temporary)
        let target = folder.appendingPath(name)
        if contentAlone {
            guard rename(temporary, target) == 0 else { throw notCopied("make \(target)") }
        } else {
            try moveOnlyChild(of: temporary, to: target)
        }
        return entries
    }

    /// By the name's own bytes, which need not be UTF-8.
    private func moveOnlyChild(of folder: String, to target: String) throws {
        guard let stream = opendir(folder) else { throw notCopied("read \(folder)") }
        defer { closedir(stream) }
        while let entry = readdir(stream) {
            let isMoved = try withUnsafePointer(to: &entry.pointee.d_name) { pointer in
                try pointer.withMemoryRebound(to: CChar.self, capacity: 256) { name in
                    guard strcmp(name, ".") != 0, strcmp(name, "..") != 0 else { return false }
                    guard renameat(dirfd(stream), name, AT_FDCWD, target) == 0 else {
                        throw notCopied("make \(target)")
                    }
                    return true
                }
            }
            if isMoved { return }
        }
        throw LiveEnvironmentError(.notCopied, "the engine sent nothing")
    }

    private func remove(_ temporary: String, in folder: String) {
        guard let parent = try? FileDescriptor.open(FilePath(folder), .readOnly, options: [.directory, .closeOnExec])
        else { return }
        try? parent.closeAfter { try removeTree(named: Array(temporary.lastPathName.utf8), in: parent) }
    }

    private func notCopied(_ what: String) -> LiveEnvironmentError {
        LiveEnvironmentError(.notCopied, "cannot \(what)", cause: Errno(rawValue: errno))
    }
}
