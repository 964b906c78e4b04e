// SPDX-License-Identifier: Apache-2.0

import Testing

/// Snapshots that go to a store which never saw the project.
extension World {
    /// The environment of another store; the replay there that has the world's name is taken down at the end.
    func elsewhere() -> [String: String] {
        let other = ["ENVSNAP_STORE": "\(folder)/other"]
        cleanUp("the replay elsewhere") { _ = try self.envsnap("down", self.name, environment: other) }
        return other
    }

    /// Captures a project as "before" and exports it to `x.envsnap`.
    func export(_ project: Project) throws {
        try capture(project.name, as: "before")
        _ = try envsnap("export", "before", "-o", "x.envsnap").expecting(0)
    }
}
