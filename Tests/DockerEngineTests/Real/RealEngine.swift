// SPDX-License-Identifier: Apache-2.0

import DockerEngine
import Foundation
import JSONTree

/// The real engine of a test run: only where `ENVSNAP_TEST_ENGINE=1` says so.
enum RealEngine {
    private static let environment = ProcessInfo.processInfo.environment

    /// Whether tests may use the engine.
    static let isWanted = environment["ENVSNAP_TEST_ENGINE"] == "1"
    /// A small image with a shell and without a docker command.
    static let image = environment["ENVSNAP_TEST_IMAGE"] ?? "busybox:latest"
    /// An image whose entrypoint is an engine.
    static let hostImage = environment["ENVSNAP_TEST_HOST_IMAGE"] ?? "bar-company/foo-host:dev"
    /// The label of all that tests make.
    static let labels: JSONValue = ["envsnap-test": "engine"]

    /// Reaches the engine.
    static func connect() async throws -> Engine { try await Engine.connect(to: .resolve(environment: environment)) }

    /// Runs a body with a container that sleeps, removed afterwards also when the body fails.
    static func withContainer<Value: Sendable>(
        on engine: Engine, command: [String] = ["sleep", "600"], extra: [String: JSONValue] = [:],
        _ body: (String) async throws -> Value
    ) async throws -> Value {
        var object = JSONObject(extra)
        object["Image"] = object["Image"] ?? .string(image)
        object["Labels"] = labels
        if !command.isEmpty { object["Cmd"] = .array(command.map(JSONValue.string)) }
        let id = try await engine.createContainer(name: nil, body: .object(object)).id
        return try await finally {
            try await engine.startContainer(id)
            return try await body(id)
        } cleanup: {
            try await engine.removeContainer(id, force: true, volumes: true)
        }
    }

    /// Runs a body with a host and the engine in it.
    static func withHost<Value: Sendable>(
        on engine: Engine, _ body: (String, Engine) async throws -> Value
    ) async throws -> Value {
        let extra: [String: JSONValue] = [
            "Image": .string(hostImage), "Volumes": ["/var/lib/docker": [:]], "HostConfig": ["Privileged": true],
        ]
        return try await withContainer(on: engine, command: [], extra: extra) { id in
            let nested = try await awaitNested(engine, id)
            return try await finally {
                try await body(id, nested)
            } cleanup: {
                await nested.close()
            }
        }
    }

    private static func awaitNested(_ engine: Engine, _ id: String) async throws -> Engine {
        let end = ContinuousClock.now + .seconds(60)
        while true {
            do {
                return try await engine.nested(inContainer: id)
            } catch let error as EngineError where error.code == .unreachable && ContinuousClock.now < end {
                try await Task.sleep(for: .milliseconds(200))
            }
        }
    }

    /// Runs a body and what must follow it whatever happens.
    static func finally<Value>(
        _ body: () async throws -> Value, cleanup: () async throws -> Void
    ) async throws -> Value {
        let result: Result<Value, any Error>
        do {
            result = .success(try await body())
        } catch {
            result = .failure(error)
        }
        do {
            try await cleanup()
        } catch  where (try? result.get()) == nil {
            // The first failure tells more.
        }
        return try result.get()
    }
}
