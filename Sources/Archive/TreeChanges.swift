// SPDX-License-Identifier: Apache-2.0

import Glibc
public import SystemPackage

/// What was touched in a tree, by which it is put back without writing the rest.
public struct TreeChanges: Sendable {
    /// What is to be removed: it was not there, or is another object than the one that was.
    private(set) var foreign: [[UInt8]] = []
    /// What is to be restored, with the folders above it; nil stands for all.
    var touched: Set<[UInt8]>? = []
    /// The folders above what is left out, which stay whatever they are.
    private let aboveExclusions: Set<[UInt8]>
    /// The paths of untouched files with several names, by inode.
    private var links: [UInt64: [[UInt8]]] = [:]
    /// The inodes of what was touched.
    private var lost: Set<UInt64> = []

    init(_ options: TreePacker.Options) {
        var folders: Set<[UInt8]> = [Name.root]
        for exclusion in options.exclusions {
            var path = exclusion.path
            while path != Name.root {
                path = Name.parent(of: path)
                folders.insert(path)
            }
        }
        aboveExclusions = folders
    }

    /// Whether anything was touched but the times of folders: those change where a file comes and goes in them, as
    /// engines make some in `/tmp` of their host with every command that they run in a container.
    public private(set) var isMoreThanTimesOfFolders = false

    /// Whether nothing was touched.
    public var isEmpty: Bool { foreign.isEmpty && touched?.isEmpty == true }

    /// Notes what is no longer there.
    mutating func note(missing path: [UInt8], _ known: PathStamp) {
        lost.insert(known.inode)
        isMoreThanTimesOfFolders = true
        touch(path)
    }

    /// Notes what was found, and whether a folder is to be looked into.
    mutating func note(_ visit: StatusWalk.Visit, since known: PathStamp?) -> Bool {
        let stamp = PathStamp(visit)
        if stamp == known {
            if !visit.status.isDirectory, visit.status.links > 1 { links[stamp.inode, default: []].append(visit.path) }
            return true
        }
        if let known { lost.insert(known.inode) }
        if !visit.status.isDirectory || known.map(stamp.hasOtherTimes) != true { isMoreThanTimesOfFolders = true }
        touch(visit.path)
        let isKnown = known.map(stamp.isSameObject) ?? false
        if isKnown || visit.status.isDirectory && (visit.isExcluded || aboveExclusions.contains(visit.path)) {
            return true
        }
        foreign.append(visit.path)
        return false
    }

    /// A file is restored under all of its names, so that they are one file again.
    mutating func noteLinks() {
        for inode in lost { for path in links[inode] ?? [] { touch(path) } }
    }

    private mutating func touch(_ path: [UInt8]) {
        var path = path
        while touched?.insert(path).inserted == true, path != Name.root { path = Name.parent(of: path) }
    }

    /// Removes what is foreign, and tells which entries of the archive that the tree was made from have to be restored.
    public func removeForeign(in root: FileDescriptor) throws -> TreeExtractor.Options.Existing {
        for path in foreign where path != Name.root {
            do {
                let folder = try OwnedDescriptor.directory(Name.parent(of: path), beneath: root.rawValue)
                try removeTree(named: Name.last(of: path), in: folder.number)
            } catch let failure as CallFailure {
                throw failure.failure("remove", path)
            }
        }
        return .revert(touched)
    }
}
