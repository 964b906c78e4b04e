// SPDX-License-Identifier: Apache-2.0
import DockerEngine
import EnvironmentModel
import JSONTree
import LiveEnvironment
import Steps

/// Brings the containers of all engines into their captured states.
struct StateRestorer: Sendable {
    let starter: ContainerStarter
    let report: StepReport

    /// Starts what ran, in the order that was observed; then waits for health, pauses, and sets restart policies.
    func restore(_ containers: [RestoredContainer]) async throws {
        let started = containers.filter { $0.captured.engine == nil && $0.captured.isUp }
        try await startAll(StartOrder.order(started))
        for container in started { try await awaitHealth(of: container) }
        for container in started where container.captured.status == "paused" {
            try await container.site.engine.pauseContainer(container.id)
        }
        for container in containers where !container.hasItsState { try await setRestartPolicy(of: container) }
    }

    private func startAll(_ containers: [RestoredContainer]) async throws {
        let placeholders = BridgePlaceholders()
        do {
            for container in containers {
                report("starting \(container.site.path.objectName(container.captured.name))")
                try await placeholders.makeRoom(for: container)
                do { try await starter.start(container) } catch {
                    throw ReplayError(
                        .failed, "\(container.site.path.objectName(container.captured.name)) could not be started",
                        cause: error)
                }
            }
        } catch {
            if let engine = containers.first?.site.engine {
                try? await CleanUp.run(on: engine) { try await placeholders.removeAll() }
            }
            throw error
        }
        try await placeholders.removeAll()
    }

    /// Waits for a container that was healthy, as long as its own check may take.
    private func awaitHealth(of container: RestoredContainer) async throws {
        let wanted = container.captured.health
        // What a paused container was before its pause can no longer be told from "unhealthy".
        guard wanted == "healthy" || wanted == "unhealthy" && container.captured.status != "paused" else { return }
        let name = container.site.path.objectName(container.captured.name)
        report("waiting until \(name) is \(wanted ?? "")")
        let deadline = ContinuousClock.now + healthLimit(of: container)
        while ContinuousClock.now < deadline {
            let now = ContainerRecord(inspect: try await container.site.engine.inspectContainer(container.id).value)
            if now.health == wanted || !now.isUp { return }
            try await Task.sleep(for: .milliseconds(200))
        }
    }

    private func healthLimit(of container: RestoredContainer) -> Duration {
        let check = container.captured.inspect["Config"]["Healthcheck"]
        let interval = max(check["Interval"].int ?? 0, 1_000_000_000)
        let retries = max(check["Retries"].int ?? 0, 3)
        let wait = (check["StartPeriod"].int ?? 0) + (interval + (check["Timeout"].int ?? 0)) * (retries + 1)
        return .nanoseconds(min(max(wait, 30_000_000_000), 300_000_000_000))
    }

    private func setRestartPolicy(of container: RestoredContainer) async throws {
        let policy = container.captured.inspect["HostConfig"]["RestartPolicy"]
        let name = policy["Name"].string ?? ""
        guard !name.isEmpty, name != "no", container.captured.inspect["HostConfig"]["AutoRemove"].bool != true else {
            return
        }
        _ = try await container.site.engine.updateContainer(container.id, body: ["RestartPolicy": policy])
    }
}
