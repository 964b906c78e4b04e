// SPDX-License-Identifier: Apache-2.0

import CLinux

/// Surveys a tree on all processors: its upper folders first, until there are enough below them to be shared out.
///
/// Which folders those are depends on the tree alone, so that equal trees give equal findings.
struct SurveyWalk {
    /// So many folders are shared out well, however different they are.
    private static let enough = 64
    /// How many folders' findings are held at once.
    private static let portion = 1024

    private let root: CInt
    private let walk: StatusWalk
    private let disk: RootDisk

    init(root: CInt, options: TreePacker.Options) throws {
        self.root = root
        walk = StatusWalk(options: options)
        disk = try RootDisk(root: root)
    }

    func run() throws -> SurveyFindings {
        let notes = try SurveyNotes(disk: disk)
        let folders = try upperPart(notes)
        for start in stride(from: 0, to: folders.count, by: Self.portion) {
            let some = folders[start..<min(start + Self.portion, folders.count)]
            for part in try Parallel.map(some.count, { try part(below: some[start + $0]) }) { notes.add(part) }
        }
        return try notes.findings()
    }

    /// Visits level after level, and gives the folders of the last one, which are still to be entered.
    private func upperPart(_ notes: SurveyNotes) throws -> [[UInt8]] {
        var folders: [[UInt8]] = []
        try walk.run(root) { visit in
            notes.add(visit)
            let isRoot = visit.path == Name.root
            if visit.mayBeEntered, !isRoot { folders.append(visit.path) }
            return isRoot
        }
        while !folders.isEmpty, folders.count < Self.enough {
            var below: [[UInt8]] = []
            for folder in folders {
                try walk.run(below: folder, in: root) { visit in
                    notes.add(visit)
                    if visit.mayBeEntered { below.append(visit.path) }
                    return false
                }
            }
            folders = below
        }
        return folders
    }

    private func part(below folder: [UInt8]) throws -> SurveyFindings {
        let notes = try SurveyNotes(disk: disk)
        try walk.run(below: folder, in: root) { visit in
            notes.add(visit)
            return true
        }
        return try notes.findings()
    }
}
