// SPDX-License-Identifier: Apache-2.0
import DockerEngine
import EnvironmentModel
import LiveEnvironment
import OCI

/// Where the folders and files of a snapshot go when it is replayed on the engine itself: below the replay's folder.
struct DirectPlacement {
    let request: ReplayRequest
    let document: EnvironmentDocument
    /// The replay's folder.
    let folder: String

    /// The engine itself, with every bind source moved.
    func site(on engine: Engine) -> Site {
        Site(
            engine: engine, path: .outermost, paths: .outermost, replay: request.name, movedSources: movedSources,
            folder: folder, labels: [ReplayLabels.replay: request.name, ReplayLabels.snapshot: request.snapshot.hex])
    }

    private var movedSources: [String: String] { Self.movedSources(of: document, below: folder) }

    /// Every captured folder and file, and every bind source in one of them, by its captured path.
    static func movedSources(of document: EnvironmentDocument, below folder: String) -> [String: String] {
        var moved: [String: String] = [:]
        for tree in document.trees { moved[tree.path] = folder + tree.path }
        for source in document.engine.bindSources {
            // What is written with dots need not lie where it seems to.
            let path = source.resolvingDots
            if document.trees.contains(where: { path.below($0.path) != nil }) {
                moved[source.withoutTrailingSlash] = folder + path
            }
        }
        return moved
    }
}
