// SPDX-License-Identifier: Apache-2.0
import EnvironmentModel
import LiveEnvironment

/// What a capture makes sure of, and what a document from elsewhere only may say: folders and files have plain absolute
/// paths, and none lies in another one, whose content might lead it elsewhere.
enum TreePaths {
    static func check(_ document: EnvironmentDocument) throws {
        let paths = document.trees.map(\.path)
        for path in paths {
            guard path == path.normalPath, path != "/", !path.utf8.contains(0) else { throw malformed(path) }
        }
        guard Set(paths).count == paths.count else { throw malformed("twice") }
        for path in paths where paths.contains(where: { $0 != path && path.below($0) != nil }) { throw malformed(path) }
    }

    private static func malformed(_ path: String) -> ReplayError {
        ReplayError(
            .refused,
            "the snapshot has a folder or file at a place where no capture has one: \(PowerText.detail(path))",
            hint: "it was not made by envsnap capture; there is no --allow for it")
    }
}
