// SPDX-License-Identifier: Apache-2.0
public import DockerEngine
public import EnvironmentModel
import JSONTree

/// An engine as it was found at one moment, with the engines inside its hosts.
public struct ObservedEngine: Sendable {
    /// One answer of the engine, byte for byte.
    public struct Answer: Sendable {
        /// What was asked for, as `containers/NAME.json`.
        public let name: String
        /// The answer.
        public let bytes: [UInt8]
    }

    /// The connection to the engine.
    public let engine: Engine
    /// Where the engine stands.
    public let path: EnginePath
    /// Where its files lie.
    public let paths: PathMap
    /// The container ids of the hosts to pass through, the outermost first.
    public let hostIDs: [String]
    /// What it holds, without the engines inside its hosts.
    public internal(set) var record: EngineRecord
    /// Its answers, byte for byte.
    public internal(set) var answers: [Answer] = []
    /// The engines inside its hosts, by the host's container id.
    public internal(set) var nested: [String: ObservedEngine] = [:]

    /// This engine and all engines inside, this one first, then in the order of their hosts' creation.
    public var all: [ObservedEngine] {
        [self] + record.containers.compactMap { nested[$0.id] }.flatMap(\.all)
    }

    /// What was found, with the engines inside its hosts.
    public var wholeRecord: EngineRecord {
        var whole = record
        for index in whole.containers.indices {
            whole.containers[index].engine = nested[whole.containers[index].id]?.wholeRecord
        }
        return whole
    }

    /// Containers that are no hosts and have processes: what a capture pauses.
    public var leaves: [ContainerRecord] { record.containers.filter { $0.isUp && nested[$0.id] == nil } }

    /// The engine inside a container that is still the same and was not started again since.
    func engine(stillIn container: ContainerRecord) -> ObservedEngine? {
        let before = record.containers.first { $0.id == container.id }
        guard before?.inspect["State"]["StartedAt"] == container.inspect["State"]["StartedAt"] else { return nil }
        return nested[container.id]
    }

    /// The engine under a path, where there is one.
    public func engine(at path: EnginePath) -> ObservedEngine? { all.first { $0.path == path } }
}
