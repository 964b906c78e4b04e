// SPDX-License-Identifier: Apache-2.0

public import SystemPackage

/// What tells for every path of a tree whether it was touched since, without a copy of any content.
///
/// They are taken while nothing writes to the tree. A page that is mapped for writing later on still sets the change time
/// at its first write, so that the file system need not be synchronised.
public enum TreeStamps {
    /// Writes the stamps of an open folder or file; the same is left out as where it is packed.
    ///
    /// - Throws: `ArchiveError` where a part of it cannot be looked at.
    public static func write(_ root: FileDescriptor, options: TreePacker.Options, to sink: ByteSink) throws {
        var buffer = StampReader.header
        func flush() throws {
            try buffer.withUnsafeBytes { try sink($0) }
            buffer.removeAll(keepingCapacity: true)
        }
        do {
            try StatusWalk(options: options).run(root.rawValue) { visit in
                let count = UInt16(visit.path.count)
                buffer += [UInt8(count & 0xFF), UInt8(count >> 8)] + visit.path + PathStamp(visit).bytes
                if buffer.count > 1 << 18 { try flush() }
                return true
            }
        } catch let failure as CallFailure {
            throw failure.failure("look at", nil)
        }
        buffer += StampReader.end
        try flush()
    }

    /// What was touched in an open folder or file since its stamps were written.
    ///
    /// - Throws: `ArchiveError` where a part of it cannot be looked at, or with `.damaged` where these are no stamps.
    public static func changes(
        in root: FileDescriptor, options: TreePacker.Options, since stamps: @escaping ByteSource
    ) throws -> TreeChanges {
        var reader = try StampReader(stamps)
        var changes = TreeChanges(options)
        do {
            try StatusWalk(options: options).run(root.rawValue) { visit in
                while let next = reader.next, StatusWalk.precedes(next.path, visit.path) {
                    changes.note(missing: next.path, next.stamp)
                    try reader.advance()
                }
                guard let next = reader.next, next.path == visit.path else { return changes.note(visit, since: nil) }
                try reader.advance()
                return changes.note(visit, since: next.stamp)
            }
            while let next = reader.next {
                changes.note(missing: next.path, next.stamp)
                try reader.advance()
            }
            changes.noteLinks()
        } catch let failure as CallFailure {
            throw failure.failure("look at", nil)
        }
        return changes
    }

    /// All that is in an open folder, as changes to a tree of which nothing is known.
    public static func everything(in root: FileDescriptor, options: TreePacker.Options) throws -> TreeChanges {
        var changes = TreeChanges(options)
        do {
            try StatusWalk(options: options).run(root.rawValue) { changes.note($0, since: nil) }
        } catch let failure as CallFailure {
            throw failure.failure("look at", nil)
        }
        changes.touched = nil
        return changes
    }
}
