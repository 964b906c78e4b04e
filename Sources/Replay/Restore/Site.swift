// SPDX-License-Identifier: Apache-2.0
import DockerEngine
import EnvironmentModel
import LiveEnvironment

/// An engine in which a captured engine is made again.
struct Site: Sendable {
    /// The connection to the engine.
    let engine: Engine
    /// Where the engine stands within the environment.
    let path: EnginePath
    /// Where the engine's files lie.
    let paths: PathMap
    /// The name of the replay; nil where nothing that is made there is to be used again.
    var replay: String?
    /// Where bind sources lie, by their captured paths; a path without an entry stays.
    var movedSources: [String: String] = [:]
    /// The folder below which they lie; nil where nothing is moved.
    var folder: String?
    /// Labels that everything which is made there bears in addition.
    var labels: [String: String] = [:]
    /// What looks at each request before it is sent; nil for a snapshot that was captured here.
    var guardian: PowerGuard?
}
