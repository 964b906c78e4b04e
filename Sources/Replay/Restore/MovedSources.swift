// SPDX-License-Identifier: Apache-2.0
import LiveEnvironment

/// Makes sure that bind sources that were moved below a replay's folder lie there.
///
/// An engine follows symbolic links in a bind source: one that a snapshot brings would show a container any file of the
/// machine.
struct MovedSources: Sendable {
    let access: any DataAccess

    /// - Throws: `ReplayError` where one leads out of the replay's folder: a conflict, or a refusal where the snapshot came
    ///   from elsewhere.
    func check(at site: Site) async throws {
        guard let folder = site.folder else { return }
        guard let root = try await access.realPath(of: folder) else { return }
        for (source, moved) in site.movedSources.sorted(by: { $0.key < $1.key }) {
            guard let found = try await access.realPath(of: moved), found.below(root) == nil else { continue }
            throw ReplayError(
                site.guardian == nil ? .conflict : .refused,
                "the bind source \(source) is a symbolic link, or lies behind one, that leads to \(found)",
                hint: "without --direct it leads to what was captured")
        }
    }
}
