// SPDX-License-Identifier: Apache-2.0
import Archive
import SystemPackage

/// Where archives are taken apart.
enum Extraction: Sendable {
    /// In this process: for those that this machine's envsnap wrote itself.
    case here
    /// Each in a process of its own that may do nothing else; see `docs/decisions/0030-confined-extraction.md`.
    case confined(ExtractionProgram)

    /// Restores all entries of an archive into an open folder.
    func extract(
        _ source: @escaping ByteSource, into folder: FileDescriptor, _ options: TreeExtractor.Options
    ) throws {
        switch self {
        case .here: _ = try TreeExtractor(options: options).extract(PaxReader(source: source), into: folder)
        case .confined(let program):
            try ExtractionProcess(program).run(ExtractionOrder(options), on: source, in: folder)
        }
    }

    /// Restores an archive of a single file as one of this name in an open folder.
    func extractFile(
        _ source: @escaping ByteSource, named name: String, in folder: FileDescriptor,
        _ options: TreeExtractor.Options
    ) throws {
        let name = Array(name.utf8)
        switch self {
        case .here:
            _ = try TreeExtractor(options: options).extractFile(PaxReader(source: source), named: name, in: folder)
        case .confined(let program):
            try ExtractionProcess(program).run(ExtractionOrder(options, file: name), on: source, in: folder)
        }
    }
}
