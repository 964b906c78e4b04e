// SPDX-License-Identifier: Apache-2.0

/// The rules for paths that may be restored; what breaks them comes from a hostile or damaged archive.
enum EntryPath {
    static let longest = 4096
    static let longestComponent = 255
    /// So many directories may lie above an entry.
    static let deepest = 128

    /// Throws unless the path stays below the root by its text alone.
    static func check(_ path: [UInt8], deepest: Int = deepest, named label: String = "path") throws {
        func refuse(_ reason: String) -> ArchiveError {
            ArchiveError(
                .unsafeEntry, "the \(label) \(Name.text(Array(path.prefix(300)))) \(reason); the archive is refused",
                path: path)
        }
        guard !path.isEmpty else { throw refuse("is empty") }
        guard !path.contains(0) else { throw refuse("contains a NUL") }
        guard path.count <= longest else { throw refuse("is longer than \(longest) bytes") }
        guard path.first != Name.slash else { throw refuse("is absolute") }
        guard path != Name.root else { return }
        let components = path.split(separator: Name.slash, omittingEmptySubsequences: false)
        for component in components {
            guard !component.isEmpty else { throw refuse("has an empty component") }
            guard component.count <= longestComponent else {
                throw refuse("has a component longer than \(longestComponent) bytes")
            }
            guard !component.elementsEqual("..".utf8) else { throw refuse("has a \"..\" component") }
            guard !component.elementsEqual(".".utf8) else { throw refuse("has a \".\" component") }
        }
        guard components.count - 1 <= deepest else {
            throw ArchiveError(
                .limitExceeded,
                "the \(label) \(Name.text(Array(path.prefix(300)))) is nested more than \(deepest) deep",
                path: path)
        }
    }
}
