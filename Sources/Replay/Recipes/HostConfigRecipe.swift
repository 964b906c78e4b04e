// SPDX-License-Identifier: Apache-2.0
import EnvironmentModel
import JSONTree

/// The `HostConfig` of a container that is made again.
struct HostConfigRecipe {
    let container: ContainerRecord
    let context: RecipeContext

    var body: JSONValue {
        guard case .object(var host) = container.inspect["HostConfig"] else { return .null }
        // The policy is set when everything is up: a container that starts before what it needs would loop. An engine
        // does not update the policy of a container that removes itself.
        if hasRestartPolicy { host["RestartPolicy"] = ["Name": "no", "MaximumRetryCount": 0] }
        for mode in ["NetworkMode", "IpcMode", "PidMode"] {
            if let value = host[mode]?.string { host[mode] = .string(context.mappingContainer(in: value)) }
        }
        if let network = host["NetworkMode"]?.string, let record = context.network(network) {
            host["NetworkMode"] = .string(record.name)
        }
        if host["NetworkMode"]?.string?.hasPrefix("container:") == true { host["PortBindings"] = [:] }
        host["VolumesFrom"] = volumesFrom
        host["Links"] = links
        host["Binds"] = binds
        host["Mounts"] = mounts
        let pinning = PortPinning(container: container)
        host["PortBindings"] = host["PortBindings"].map { pinning.addingPublished(to: pinning.pinning($0)) }
        dropDefaultPaths(&host)
        if context.targetAPIMinor >= 48 { dropInterfaceSettings(&host) }
        dropDefaultRuntime(&host)
        host["Capabilities"] = nil
        return .object(host)
    }

    /// What every engine since 20.10 masks and write-protects by itself (moby's `oci/defaults.go`); newer ones do more.
    static let defaultPaths: [String: Set<String>] = [
        "MaskedPaths": [
            "/proc/asound", "/proc/acpi", "/proc/kcore", "/proc/keys", "/proc/latency_stats", "/proc/timer_list",
            "/proc/timer_stats", "/proc/sched_debug", "/proc/scsi", "/sys/firmware",
        ],
        "ReadonlyPaths": ["/proc/bus", "/proc/fs", "/proc/irq", "/proc/sys", "/proc/sysrq-trigger"],
    ]

    /// A list with all that is the engine's own gives way to the new engine's, unless that is older and masks less; any
    /// other was asked for.
    private func dropDefaultPaths(_ host: inout JSONObject) {
        guard !context.isOlderEngine else { return }
        for (key, defaults) in Self.defaultPaths where defaults.isSubset(of: host[key]?.strings ?? []) {
            host[key] = nil
        }
    }

    /// They go to the endpoints: an engine that is asked in API 1.48 refuses them here.
    private func dropInterfaceSettings(_ host: inout JSONObject) {
        guard var sysctls = host["Sysctls"]?.object else { return }
        for key in sysctls.keys where InterfaceSysctl(key) != nil { sysctls[key] = nil }
        host["Sysctls"] = .object(sysctls)
    }

    private var hasRestartPolicy: Bool {
        let host = container.inspect["HostConfig"]
        let policy = host["RestartPolicy"]["Name"].string ?? ""
        return host["AutoRemove"].bool != true && !["", "no"].contains(policy)
    }

    private var volumesFrom: JSONValue {
        guard let entries = container.inspect["HostConfig"]["VolumesFrom"].array else { return .null }
        return .array(
            entries.compactMap(\.string).map { entry in
                let id = String(entry.prefix { $0 != ":" })
                return .string((context.containerIDs[id] ?? id) + entry.dropFirst(id.count))
            })
    }

    /// Inspect shows `/target:/container/alias`; asked for is `target:alias`.
    private var links: JSONValue {
        guard let entries = container.inspect["HostConfig"]["Links"].array else { return .null }
        return .array(
            entries.compactMap(\.string).map { link in
                let parts = link.split(separator: ":", maxSplits: 1).map(String.init)
                guard let target = parts.first?.afterPrefix("/"), let alias = parts.last?.split(separator: "/").last
                else { return .string(link) }
                return .string("\(target):\(alias)")
            })
    }

    private var binds: JSONValue {
        guard let entries = container.inspect["HostConfig"]["Binds"].array else { return .null }
        return .array(
            entries.compactMap(\.string).map { bind in
                let source = String(bind.prefix { $0 != ":" })
                let target = bind.hasPrefix("/") ? context.source(source) : context.volume(source)
                return .string(target + bind.dropFirst(source.count))
            })
    }

    private var mounts: JSONValue {
        guard let entries = container.inspect["HostConfig"]["Mounts"].array else { return .null }
        return .array(
            entries.map { mount in
                guard case .object(var object) = mount, let source = mount["Source"].string else { return mount }
                switch mount["Type"].string {
                case "bind": object["Source"] = .string(context.source(source))
                case "volume": object["Source"] = .string(context.volume(source))
                default: break
                }
                return .object(object)
            })
    }

    /// The source engine's default runtime is shown as if it had been asked for; another engine may not have it.
    private func dropDefaultRuntime(_ host: inout JSONObject) {
        guard let runtime = host["Runtime"]?.string, runtime == context.captured.info["DefaultRuntime"].string else {
            return
        }
        if context.targetInfo["DefaultRuntime"].string != runtime { host["Runtime"] = nil }
    }
}
