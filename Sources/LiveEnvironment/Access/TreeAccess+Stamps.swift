// SPDX-License-Identifier: Apache-2.0
import Archive
import Glibc
import SystemPackage

extension TreeAccess {
    /// Writes the stamps of a folder or a file into a file of their own, which takes its name once it is whole.
    static func stamp(_ path: String, excluding exclusions: [Exclusion], into file: String) throws {
        let unfinished = file + ".new"
        let output = try FileDescriptor.open(
            FilePath(unfinished), .writeOnly, options: [.create, .truncate, .closeOnExec],
            permissions: [.ownerReadWrite])
        try output.closeAfter {
            let root = try FileDescriptor.open(FilePath(path), .readOnly, options: [.closeOnExec])
            try root.closeAfter {
                try TreeStamps.write(root, options: options(exclusions)) { _ = try output.writeAll($0) }
            }
        }
        guard rename(unfinished, file) == 0 else { throw Errno(rawValue: errno) }
    }

    /// What was touched in a folder or a file since it was stamped; everything where there are no stamps.
    static func changes(in root: FileDescriptor, excluding exclusions: [Exclusion], since file: String) throws
        -> TreeChanges
    {
        let options = options(exclusions)
        guard let stamps = try? FileDescriptor.open(FilePath(file), .readOnly, options: [.closeOnExec]) else {
            return try TreeStamps.everything(in: root, options: options)
        }
        return try stamps.closeAfter {
            do {
                return try TreeStamps.changes(in: root, options: options) { try stamps.read(into: $0) }
            } catch let error as ArchiveError where error.code == .damaged {
                return try TreeStamps.everything(in: root, options: options)
            }
        }
    }

    /// Whether anything but the times of folders was touched in a folder or a file since it was stamped, or it is gone.
    static func isTouched(_ path: String, excluding exclusions: [Exclusion], since file: String) throws -> Bool {
        guard try FileKind(at: path) != nil else { return true }
        let root = try FileDescriptor.open(FilePath(path), .readOnly, options: [.closeOnExec])
        return try root.closeAfter {
            try changes(in: root, excluding: exclusions, since: file).isMoreThanTimesOfFolders
        }
    }

    /// Puts a folder back to what an archive holds, by what was touched since it was stamped.
    static func revert(
        _ path: String, excluding exclusions: [Exclusion], since file: String,
        limits: TreeExtractor.Options.Limits, from open: () throws -> ByteSource, _ extraction: Extraction
    ) throws -> Bool {
        try makeFolders(path)
        let root = try FileDescriptor.open(FilePath(path), .readOnly, options: [.directory, .closeOnExec])
        return try root.closeAfter {
            let changes = try changes(in: root, excluding: exclusions, since: file)
            guard !changes.isEmpty else { return false }
            let source = try open()
            var options = TreeExtractor.Options.ownSnapshot
            options.existing = try changes.removeForeign(in: root)
            options.limits = limits
            try extraction.extract(source, into: root, options)
            try drain(source)
            return true
        }
    }
}
