// SPDX-License-Identifier: Apache-2.0

import JSONTree
import Testing

/// Where an engine keeps files, as paths of this machine, asked of the docker command alone.
struct Places {
    /// The docker command that speaks with the engine.
    let docker: [String]
    /// The path of the engine's root on this machine; empty for the outermost engine.
    let root: String

    /// The outermost engine.
    static let machine = Places(docker: ["docker"], root: "")

    /// The engine inside a container of this one.
    func inside(_ container: String) throws -> Places {
        let process = try inspect(container)["State"]["Pid"].int
        let id = try #require(process)
        // Process ids that a nested engine tells are those of its own namespace.
        let path = root.isEmpty ? "/proc/\(id)/root" : "\(root)/proc/\(id)/root"
        return Places(docker: docker + ["exec", "-i", container, "docker"], root: path)
    }

    /// The engine in the capsule of a replay.
    static func capsule(_ replay: String) throws -> Places { try machine.inside("envsnap-\(replay)") }

    /// What the engine says of a container.
    func inspect(_ container: String) throws -> JSONValue {
        let outcome = try Command.outcome(docker + ["container", "inspect", container])
        guard outcome.status == 0 else { throw outcome }
        return try JSONValue(parsing: outcome.output)[0]
    }

    /// A mount of a container.
    func mount(_ container: String, at destination: String) throws -> String {
        let mounts = try inspect(container)["Mounts"].array ?? []
        let mount = mounts.first { $0["Destination"].string == destination }
        return root + (try #require(mount?["Source"].string, "nothing is mounted at \(destination)"))
    }

    /// A container's writable layer.
    func layer(_ container: String) throws -> String {
        root + (try #require(try inspect(container)["GraphDriver"]["Data"]["UpperDir"].string))
    }
}
