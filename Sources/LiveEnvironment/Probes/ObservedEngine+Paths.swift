// SPDX-License-Identifier: Apache-2.0
public import DockerEngine
public import EnvironmentModel

extension ObservedEngine {
    /// A container of an environment, and the engine that runs it.
    public struct Located: Sendable {
        /// The connection to the engine.
        public let engine: Engine
        /// The container.
        public let container: ContainerRecord
        /// How it is called, with the path of its engine.
        public let name: String
    }

    /// Finds the container that a path names, as `foo-host-corge/foo-app`: each step a container or a service that has one.
    ///
    /// - Throws: `LiveEnvironmentError` that lists what is there.
    public func locate(_ path: String) throws -> Located {
        var observed = self
        var names = ProbeRequest.names(in: path)[...]
        while let name = names.popFirst() {
            let container = try observed.container(called: name, in: path)
            if names.isEmpty {
                let called = observed.path.objectName(observed.record.callName(of: container))
                return Located(engine: observed.engine, container: container, name: called)
            }
            guard let inner = observed.nested[container.id] else {
                throw LiveEnvironmentError(
                    .noSuchContainer, "\(name) is no host, so that nothing is in it (\(path))",
                    hint: "the path is HOST/CONTAINER, or CONTAINER for one of the project itself")
            }
            observed = inner
        }
        throw LiveEnvironmentError(.noSuchContainer, "the path of a container is empty")
    }

    private func container(called name: String, in path: String) throws -> ContainerRecord {
        if let container = record.containers.called(name) { return container }
        let names = record.containers.map { record.callName(of: $0) }.sorted()
        let place = self.path == .outermost ? "the project" : self.path.description
        throw LiveEnvironmentError(
            .noSuchContainer, "no container \"\(name)\" in \(place) (\(path))",
            hint: names.isEmpty ? "there is none" : "there are: \(names.joined(separator: ", "))")
    }
}
