// SPDX-License-Identifier: Apache-2.0

import CLinux
import Glibc

/// One walk of a `TreePacker`.
final class PackWalk {
    private struct Level {
        let descriptor: OwnedDescriptor
        let path: [UInt8]
        let status: FileStatus
        /// Reversed, so that the next one is the last.
        var names: [[UInt8]]
    }

    private let options: TreePacker.Options
    private let exclusions: [[UInt8]: TreePacker.Options.Exclusion.Keeps]
    let writer: PaxWriter
    var summary = PackSummary()
    var links = HardLinkTable()
    var disk: RootDisk?
    let buffer = UnsafeMutableRawBufferPointer.allocate(byteCount: 256 * 1024, alignment: 4096)
    private var levels: [Level] = []
    private var mount: UInt64 = 0

    init(options: TreePacker.Options, writer: PaxWriter) {
        self.options = options
        self.writer = writer
        exclusions = Dictionary(options.exclusions.map { ($0.path, $0.keeps) }) { first, _ in first }
    }

    deinit {
        buffer.deallocate()
    }

    func run(root: CInt) throws -> PackSummary {
        let status: FileStatus
        do {
            status = try FileStatus(root)
            mount = status.mount
            disk = try RootDisk(root: root)
            if status.isDirectory {
                let own = try OwnedDescriptor.reading(in: root, Name.root, O_DIRECTORY)
                try enter(own, path: Name.root, status: status)
            } else if status.type == S_IFREG {
                try packFile(root, path: Name.root, status: status)
            } else {
                throw ArchiveError(.unsupported, "only a folder or a regular file can be packed")
            }
        } catch let failure as CallFailure {
            throw failure.failure("read the root", nil)
        }
        while var level = levels.popLast() {
            guard let name = level.names.popLast() else {
                noteChange(level.path, since: level.status, descriptor: level.descriptor.number)
                continue
            }
            levels.append(level)
            let path = Name.join(level.path, name)
            do {
                try visit(name, in: level.descriptor.number, path: path)
            } catch let failure as CallFailure {
                note(failure, path)
            }
        }
        return summary
    }

    private func visit(_ name: [UInt8], in directory: CInt, path: [UInt8]) throws {
        let keeps = exclusions[path]
        if keeps == .nothing { return }
        // Deeper and longer paths could not be restored.
        guard levels.count <= EntryPath.deepest + 1, path.count <= EntryPath.longest else {
            throw CallFailure(number: ENAMETOOLONG)
        }
        let status = try FileStatus(directory, name)
        let isForeign = options.mounts == .stay && status.mount != mount
        if isForeign {
            summary.mountPoints.append(path)
        }
        let place = AttributeStore.name(directory: directory, name)
        if status.isDirectory {
            guard keeps == nil, !isForeign else {
                return try append(.directory, path, status, attributes(place, path))
            }
            return try visitDirectory(name, in: directory, path: path, status: status)
        }
        if keeps != nil || isForeign { return }
        if status.type == S_IFSOCK {
            summary.sockets.append(path)
        } else if let earlier = links.earlierPath(of: status) {
            try append(.hardLink(target: earlier), path, status, attributes(place, path))
        } else if status.type == S_IFREG {
            let file = try OwnedDescriptor.reading(in: directory, name)
            try packFile(file.number, path: path, status: status)
        } else {
            try packSpecial(name, in: directory, path: path, status: status)
        }
    }

    private func visitDirectory(_ name: [UInt8], in directory: CInt, path: [UInt8], status: FileStatus) throws {
        do {
            let own = try OwnedDescriptor.reading(in: directory, name, O_DIRECTORY)
            let now = try FileStatus(own.number)
            guard now.identity == status.identity else { throw CallFailure(number: ENOENT) }
            try enter(own, path: path, status: now)
        } catch let failure as CallFailure where failure.number == EACCES {
            // Its entry at least, for what may be mounted or restored below it.
            note(failure, path)
            try append(.directory, path, status, [])
        }
    }

    private func enter(_ directory: OwnedDescriptor, path: [UInt8], status: FileStatus) throws {
        let names = try DirectoryListing.names(directory.number)
        try append(.directory, path, status, attributes(.descriptor(directory.number), path))
        levels.append(Level(descriptor: directory, path: path, status: status, names: names.reversed()))
    }

    /// Something went away between the listing and the look, was replaced, or cannot be read.
    private func note(_ failure: CallFailure, _ path: [UInt8]) {
        switch failure.number {
        case ENOENT: summary.vanished.append(path)
        case ELOOP, ENOTDIR, ENXIO: summary.changed.append(path)
        default: summary.unreadable.append(.init(path: path, errorNumber: failure.number))
        }
    }
}
