// SPDX-License-Identifier: Apache-2.0

import Glibc

/// Visits everything in a tree in the order in which it is packed, without a look at any content.
struct StatusWalk {
    /// What is found at a path.
    struct Visit {
        let path: [UInt8]
        let status: FileStatus
        /// Whether it is left out but for its own entry.
        let isExcluded: Bool
        /// Whether there may be something below it that belongs to the tree.
        var mayBeEntered: Bool { status.isDirectory && !isExcluded }
    }

    private let exclusions: [[UInt8]: TreePacker.Options.Exclusion.Keeps]

    /// A walk that leaves the same out as where the tree is packed.
    init(options: TreePacker.Options) {
        exclusions = Dictionary(options.exclusions.map { ($0.path, $0.keeps) }) { first, _ in first }
    }

    /// Visits an open folder or file as ".", and what is below it; a folder for which `enters` says so is entered.
    func run(_ root: CInt, enters: (Visit) throws -> Bool) throws {
        let status = try FileStatus(root)
        let entered = try enters(Visit(path: Name.root, status: status, isExcluded: false))
        guard status.isDirectory, entered else { return }
        try visitNames(of: OwnedDescriptor(in: root, Name.root, O_RDONLY | O_DIRECTORY), path: Name.root, enters)
    }

    /// Visits what is below the folder of a path, but not the folder itself.
    func run(below path: [UInt8], in root: CInt, enters: (Visit) throws -> Bool) throws {
        try visitNames(of: OwnedDescriptor.directory(path, beneath: root), path: path, enters)
    }

    private func visitNames(
        of directory: OwnedDescriptor, path: [UInt8], _ enters: (Visit) throws -> Bool
    ) throws {
        for name in try DirectoryListing.names(directory.number) {
            let child = Name.join(path, name)
            let keeps = exclusions[child]
            if keeps == .nothing { continue }
            let status = try FileStatus(directory.number, name)
            let entered = try enters(Visit(path: child, status: status, isExcluded: keeps != nil))
            guard status.isDirectory, keeps == nil, entered else { continue }
            guard child.count <= EntryPath.longest else { throw CallFailure(number: ENAMETOOLONG) }
            let own = try OwnedDescriptor(in: directory.number, name, O_RDONLY | O_DIRECTORY)
            try visitNames(of: own, path: child, enters)
        }
    }

    /// Whether a path comes before another one: depth first, names in the order of their bytes.
    static func precedes(_ path: [UInt8], _ other: [UInt8]) -> Bool {
        if path == Name.root || other == Name.root { return path == Name.root && other != Name.root }
        return path.lexicographicallyPrecedes(other) { ($0 == Name.slash ? 0 : $0) < ($1 == Name.slash ? 0 : $1) }
    }
}
