// SPDX-License-Identifier: Apache-2.0
import EnvironmentModel
import JSONTree
import LiveEnvironment

/// The request that makes a captured volume again.
struct VolumeRecipe {
    let volume: VolumeRecord
    /// Where bind sources lie on the target, by the captured path.
    var movedSources: [String: String] = [:]
    /// Labels that are added to the captured ones.
    var labels: [String: String] = [:]

    /// The body of `POST /volumes/create`.
    var body: JSONValue {
        var body = JSONObject()
        body["Name"] = .string(volume.name)
        body["Driver"] = volume.inspect["Driver"]
        body["DriverOpts"] = options
        let captured = volume.inspect["Labels"].isNull ? [:] : volume.inspect["Labels"]
        body["Labels"] = ReplayLabels.adding(labels, to: captured)
        return .object(body)
    }

    /// The options, with a bound folder where it lies now.
    private var options: JSONValue {
        guard case .object(var options) = volume.inspect["Options"] else { return [:] }
        if case .bind(let device) = volume.backing {
            options["device"] = .string(movedSources[device.withoutTrailingSlash] ?? device)
        }
        return .object(options)
    }
}

extension EngineRecord {
    /// Whether an anonymous volume comes with a container, under a name of the engine's own.
    func makesWithContainer(_ volume: VolumeRecord) -> Bool {
        volume.isAnonymous && containers.contains { $0.mounts.contains { $0.name == volume.name } }
    }

    /// The volumes that a replay asks for by their captured names: those that it makes, and those that containers name.
    var volumesByName: Set<String> {
        let made = volumes.filter { !makesWithContainer($0) }.map(\.name)
        let hosts = containers.map { $0.inspect["HostConfig"] }
        let named = hosts.flatMap(BindSource.all).filter { !$0.isPath && !$0.source.isEmpty }.map(\.source)
        return Set(made + named)
    }
}
