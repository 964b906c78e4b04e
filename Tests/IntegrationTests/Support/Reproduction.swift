// SPDX-License-Identifier: Apache-2.0

import Foundation

/// A reproduction of `tools/reproductions`, in a folder of the test's own, whose name is the project's.
struct Reproduction {
    /// The project's name.
    let name: String
    /// Its folder.
    let folder: String

    /// Copies a reproduction and brings it up with its own Makefile; it is removed at the end.
    init(_ world: World, _ reproduction: String, target: String) throws {
        name = world.name
        folder = "\(world.folder)/\(world.name)"
        try Command.run("cp", "-a", "\(Settings.tools)/reproductions/\(reproduction)", folder)
        let (project, folder) = (name, folder)
        world.cleanUp("the project \(project)") {
            try Project.removeObjects(of: project)
            if FileManager.default.fileExists(atPath: folder) { try FileManager.default.removeItem(atPath: folder) }
        }
        try make(target)
    }

    /// Runs a target of its Makefile.
    @discardableResult
    func make(_ target: String) throws -> String {
        let outcome = try Command.outcome(
            ["make", target],
            environment: [
                "COMPOSE_PROJECT_NAME": name, "ENVSNAP_TOOLS": Settings.tools,
                "FOO": "\(Settings.tools)/reproductions/foo",
            ],
            folder: folder, within: 300)
        guard outcome.status == 0 else { throw outcome }
        return outcome.output
    }

    /// Takes it away with all its data, and the folder.
    func remove() throws {
        try make("clean")
        try FileManager.default.removeItem(atPath: folder)
    }

    /// The engine in one of its hosts.
    func host(_ service: String) throws -> Places {
        try Places.machine.inside(Project.container(service, of: name, docker: ["docker"]))
    }

    /// The engine in one of its hosts in a replay.
    func host(_ service: String, inReplay replay: String) throws -> Places {
        let capsule = try Places.capsule(replay)
        return try capsule.inside(Project.container(service, of: name, docker: capsule.docker))
    }
}
